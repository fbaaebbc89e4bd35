# The trainer of the part of races: a loss that x decides, and noise that the seed decides. One run of eleven fails. Notes that
# it begins and what it prints (one write a line) before it prints it.
for arg in "$@"; do case $arg in x=*) x=${arg#x=} ;; esac; done
noise=$(((HPO_SEED % 1000 * (x + 7) + HPO_SEED / 1000) % 100))
echo "$HPO_TRIAL $HPO_SEED begin" >>records
sleep "$TORTURE_PAUSE_S"
if [ $((noise % 11)) -eq 3 ]; then exit 3; fi
echo "$HPO_TRIAL $HPO_SEED loss=$x.$noise" >>records
echo "METRIC loss=$x.$noise"
