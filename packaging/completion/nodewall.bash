# bash completion of nodewall(8). Builtins only: works without the bash-completion package too.
# packaging/check_manual.py compares what it offers with --help.

_nodewall_flags() {
    local view="--db --at --node --enforce --output"
    case $1 in
    "") echo "--help --version" && return ;;
    run) echo "--config --kubeconfig --context --node --db --enforce --dry-run --listen --socket --log-level" ;;
    import) echo "--db --delete --whole-bodies --output" ;;
    log)
        echo "--db --stream --type --origin --namespace --name --uid --after --until --since --before --last" \
            "--follow --local --output"
        ;;
    "log verify") echo "--db --output" ;;
    "log copy") echo "--db" ;;
    replay) echo "$view --apply" ;;
    rules) echo "$view --digest --ask" ;;
    state) echo "$view --namespace" ;;
    check) echo "$view" ;;
    explain) echo "--from --to --port --protocol --backend --stdin $view" ;;
    status) echo "--socket --output" ;;
    reset) echo "--output" ;;
    esac
    echo --help
}

# The values of a flag; fails where the flag takes none.
_nodewall_values() { # flag word
    case $1 in
    -o | --output) COMPREPLY=($(compgen -W "text json nft" -- "$2")) ;;
    --log-level) COMPREPLY=($(compgen -W "debug info warning error" -- "$2")) ;;
    --enforce) COMPREPLY=($(compgen -W "nodeports" -- "$2")) ;;
    --protocol) COMPREPLY=($(compgen -W "TCP UDP SCTP" -- "$2")) ;;
    --origin) COMPREPLY=($(compgen -W "watch list relist import agent" -- "$2")) ;;
    --type)
        COMPREPLY=($(compgen -W "ADDED MODIFIED DELETED BOOKMARK ERROR LISTED GAP TOO_LARGE STARTED \
CONFIGURED APPLIED DRIFTED CLOCK CUT STOPPED" -- "$2"))
        ;;
    --stream)
        COMPREPLY=($(compgen -W "namespaces nodes pods services endpointslices.discovery.k8s.io \
networkpolicies.networking.k8s.io adminnetworkpolicies.policy.networking.k8s.io \
baselineadminnetworkpolicies.policy.networking.k8s.io clusternetworkpolicies.policy.networking.k8s.io \
tiers.projectcalico.org globalnetworkpolicies.projectcalico.org networkpolicies.projectcalico.org \
globalnetworksets.projectcalico.org networksets.projectcalico.org hostendpoints.projectcalico.org \
stagedglobalnetworkpolicies.projectcalico.org stagednetworkpolicies.projectcalico.org \
stagedkubernetesnetworkpolicies.projectcalico.org tiers.crd.projectcalico.org \
globalnetworkpolicies.crd.projectcalico.org networkpolicies.crd.projectcalico.org \
globalnetworksets.crd.projectcalico.org networksets.crd.projectcalico.org \
hostendpoints.crd.projectcalico.org stagedglobalnetworkpolicies.crd.projectcalico.org \
stagednetworkpolicies.crd.projectcalico.org stagedkubernetesnetworkpolicies.crd.projectcalico.org \
serviceaccounts \
nodewall" -- "$2"))
        ;;
    --db | --config | --kubeconfig | --socket) _nodewall_files "$2" ;;
    --context | --node | --listen | -n | --namespace | --name | --uid | --after | --until | --since | \
        --before | --last | --at | --ask | --from | --to | --port | --backend) COMPREPLY=() ;;
    *) return 1 ;;
    esac
}

_nodewall_files() { # word
    compopt -o filenames 2>/dev/null
    local IFS=$'\n'
    COMPREPLY=($(compgen -f -- "$1"))
}

_nodewall() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]} i
    [ "$COMP_CWORD" -gt 1 ] || verb=
    if [ "$verb" = log ]; then
        for ((i = 2; i < COMP_CWORD; i++)); do
            case ${COMP_WORDS[i]} in verify | copy) verb="log ${COMP_WORDS[i]}" ;; esac
        done
    fi
    COMPREPLY=()
    if _nodewall_values "$before" "$word"; then
        return
    elif [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$(_nodewall_flags "$verb")" -- "$word"))
    elif [ -z "$verb" ]; then
        COMPREPLY=($(compgen -W "run import log replay rules state explain check status reset" -- "$word"))
    elif [ "$verb" = log ]; then
        COMPREPLY=($(compgen -W "verify copy" -- "$word"))
    elif [ "$verb" = import ] || [ "$verb" = "log copy" ]; then
        _nodewall_files "$word"
    fi
}

complete -F _nodewall nodewall
