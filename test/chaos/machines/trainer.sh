# The trainer of the runs over machines. It notes what it does in one file of all hosts, with the seconds since the machine
# started, which all hosts of these runs share: that it began, that it lives, each line before it prints it, and how it ends.
# x decides everything, as in ../trainer.sh. With a folder for checkpoints it goes on after the last epoch that it saved there.
for arg in "$@"; do case $arg in x=*) x=${arg#x=} ;; esac; done
note() {
  read -r now rest </proc/uptime
  echo "$HPO_TRIAL $HPO_ATTEMPT_TOKEN $now $*" >>"$TORTURE_RECORDS"
}
rest_a_while() {
  pulses=0
  while [ $pulses -lt "$TORTURE_PULSES" ]; do
    sleep 0.1
    note alive
    pulses=$((pulses + 1))
  done
}
say() {
  note "print $1"
  echo "$1"
}
saved=0
state=${HPO_CHECKPOINT_DIR:+$HPO_CHECKPOINT_DIR/state}
if [ -n "$state" ] && [ -e "$state" ]; then read -r saved <"$state"; fi
note "start $x $saved"
epoch=$((saved + 1))
while [ $epoch -le $((2 + x % 3)) ]; do
  rest_a_while
  if [ $epoch -eq 2 ] && [ $((x % 10)) -eq 4 ]; then
    say "METRIC epoch=2 loss=5000"
    while :; do rest_a_while; done
  fi
  say "METRIC epoch=$epoch loss=$x.$epoch twice=$((2 * x))"
  if [ -n "$state" ]; then
    echo $epoch >"$state.$$" && mv "$state.$$" "$state"
  fi
  epoch=$((epoch + 1))
done
code=0
if [ $((x % 7)) -eq 5 ]; then code=3; fi
note "end $code"
exit $code
