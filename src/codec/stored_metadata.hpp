// What Calico's own API server keeps of an object's metadata. It stores objects of
// projectcalico.org as those of crd.projectcalico.org, whose metadata has neither the labels nor
// the annotations that people wrote: both stand as JSON in the annotation
// "projectcalico.org/metadata". Labels and annotations beside it, which older versions wrote, hold
// where it does not say otherwise. Private to codec/.
#pragma once

#include "codec/dom.hpp"
#include "model/objects.hpp"

namespace nodewall::codec {

/// Whether an object's annotations stage it. Any value but "true" enforces: what stages a policy
/// opens what it shuts.
bool read_stage(const dom::value& annotations);

/// Completes the labels of a stored object by what its metadata keeps; returns whether the object
/// is staged. What cannot be read is noted, and says nothing.
bool read_stored_metadata(const dom::value& metadata, model::label_set& labels);

} // namespace nodewall::codec
