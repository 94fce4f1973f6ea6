// Services by their names: what is dialled where a question names one.
#pragma once

#include "explain/question.hpp"
#include "model/cluster_state.hpp"

namespace nodewall::explain {

/// The question with an address or a pod in place of a Service's name: the Service's clusterIP, of
/// the source's family where that is an address, and its port and protocol. A question that names
/// no Service stays as it is. errc::unknown_party where it cannot be told what is meant, because
/// the Service has several ports for example: the detail is a sentence that says what there is to
/// choose from.
result<question> with_address(question q, const model::objects& objects);

} // namespace nodewall::explain
