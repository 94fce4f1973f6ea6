# fish completion of nodewall(8). packaging/check_manual.py compares its flags with --help.

function __nodewall_needs_verb
    not __fish_seen_subcommand_from run import log replay rules state explain check status reset
end

function __nodewall_verb
    __fish_seen_subcommand_from $argv
end

function __nodewall_log
    __fish_seen_subcommand_from log; and not __fish_seen_subcommand_from verify copy
end

complete -c nodewall -f
complete -c nodewall -s h -l help -d 'Help'
complete -c nodewall -n __nodewall_needs_verb -l version -d 'Version'
complete -c nodewall -n __nodewall_needs_verb -a run -d 'The service'
complete -c nodewall -n __nodewall_needs_verb -a import -d 'Take objects or watch events into a log'
complete -c nodewall -n __nodewall_needs_verb -a log -d 'List events; verify or copy the log'
complete -c nodewall -n __nodewall_needs_verb -a replay -d 'The state at a point of the log'
complete -c nodewall -n __nodewall_needs_verb -a rules -d 'The compiled rules'
complete -c nodewall -n __nodewall_needs_verb -a state -d 'The projected view'
complete -c nodewall -n __nodewall_needs_verb -a explain -d 'The verdict on a connection and why'
complete -c nodewall -n __nodewall_needs_verb -a check -d 'The kernel against the log'
complete -c nodewall -n __nodewall_needs_verb -a status -d 'What the running service says'
complete -c nodewall -n __nodewall_needs_verb -a reset -d 'Remove every chain, jump and set'
complete -c nodewall -n __nodewall_log -a verify -d 'Check every digest and invariant'
complete -c nodewall -n __nodewall_log -a copy -d 'Make a consistent copy'

complete -c nodewall -n '__nodewall_verb run import log replay rules state explain check' -l db -r -F -d 'The event log'
complete -c nodewall -n '__nodewall_verb replay rules state explain check' -l at -x -d 'The point in the log'
complete -c nodewall -n '__nodewall_verb run replay rules state explain check' -l node -x -d 'The node'
complete -c nodewall -n '__nodewall_verb run replay rules state explain check' -l enforce -x -a nodeports -d 'What to enforce'
complete -c nodewall -n '__nodewall_verb import log replay rules state explain check status reset' -s o -l output -x -a 'text json' -d 'Format'

complete -c nodewall -n '__nodewall_verb run' -l config -r -F -d 'Configuration'
complete -c nodewall -n '__nodewall_verb run' -l kubeconfig -r -F -d 'How to reach the API server'
complete -c nodewall -n '__nodewall_verb run' -l context -x -d 'Context of the kubeconfig'
complete -c nodewall -n '__nodewall_verb run' -l dry-run -d 'Do everything but change the kernel'
complete -c nodewall -n '__nodewall_verb run' -l listen -x -d 'Serve pages here'
complete -c nodewall -n '__nodewall_verb run status' -l socket -r -F -d 'The Unix socket'
complete -c nodewall -n '__nodewall_verb run' -l log-level -x -a 'debug info warning error' -d 'Least severity'

complete -c nodewall -n '__nodewall_verb import' -F
complete -c nodewall -n '__nodewall_verb import' -l delete -d 'The named objects are gone'
complete -c nodewall -n '__nodewall_verb import' -l whole-bodies -d 'Keep everything'

complete -c nodewall -n '__nodewall_log' -l stream -x -a 'namespaces nodes pods services endpointslices.discovery.k8s.io networkpolicies.networking.k8s.io adminnetworkpolicies.policy.networking.k8s.io baselineadminnetworkpolicies.policy.networking.k8s.io clusternetworkpolicies.policy.networking.k8s.io tiers.projectcalico.org globalnetworkpolicies.projectcalico.org networkpolicies.projectcalico.org globalnetworksets.projectcalico.org networksets.projectcalico.org hostendpoints.projectcalico.org stagedglobalnetworkpolicies.projectcalico.org stagednetworkpolicies.projectcalico.org stagedkubernetesnetworkpolicies.projectcalico.org tiers.crd.projectcalico.org globalnetworkpolicies.crd.projectcalico.org networkpolicies.crd.projectcalico.org globalnetworksets.crd.projectcalico.org networksets.crd.projectcalico.org hostendpoints.crd.projectcalico.org stagedglobalnetworkpolicies.crd.projectcalico.org stagednetworkpolicies.crd.projectcalico.org stagedkubernetesnetworkpolicies.crd.projectcalico.org serviceaccounts nodewall' -d 'Only this stream'
complete -c nodewall -n '__nodewall_log' -l type -x -a 'ADDED MODIFIED DELETED LISTED GAP APPLIED DRIFTED' -d 'Only this type'
complete -c nodewall -n '__nodewall_log' -l origin -x -a 'watch list relist import agent' -d 'Only this origin'
complete -c nodewall -n '__nodewall_log' -s n -l namespace -x -d 'Only this namespace'
complete -c nodewall -n '__nodewall_log' -l name -x -d 'Only objects of this name'
complete -c nodewall -n '__nodewall_log' -l uid -x -d 'Only the object with this UID'
complete -c nodewall -n '__nodewall_log' -l after -x -d 'Behind this sequence number'
complete -c nodewall -n '__nodewall_log' -l until -x -d 'Up to this sequence number'
complete -c nodewall -n '__nodewall_log' -l since -x -d 'Recorded at this time or later'
complete -c nodewall -n '__nodewall_log' -l before -x -d 'Recorded before this time'
complete -c nodewall -n '__nodewall_log' -l last -x -d 'So many of the newest'
complete -c nodewall -n '__nodewall_log' -s f -l follow -d 'Go on as events are appended'
complete -c nodewall -n '__nodewall_log' -l local -d 'Times in the local zone'

complete -c nodewall -n '__nodewall_verb state' -s n -l namespace -x -d 'Only this namespace'
complete -c nodewall -n '__nodewall_verb replay' -l apply -d 'Program the kernel with it'
complete -c nodewall -n '__nodewall_verb rules' -l digest -d 'A line for each unit'
complete -c nodewall -n '__nodewall_verb rules' -l ask -x -d 'What becomes of a connection'
complete -c nodewall -n '__nodewall_verb explain' -l from -x -d 'Who dials'
complete -c nodewall -n '__nodewall_verb explain' -l to -x -d 'What is dialled'
complete -c nodewall -n '__nodewall_verb explain' -l port -x -d 'The port'
complete -c nodewall -n '__nodewall_verb explain' -l protocol -x -a 'TCP UDP SCTP' -d 'The protocol'
complete -c nodewall -n '__nodewall_verb explain' -l backend -x -d 'Of several backends this one'
complete -c nodewall -n '__nodewall_verb explain' -l stdin -d 'A line for each line'
