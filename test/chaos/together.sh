# Notes its trial, in one write, and tells its parameter.
for arg in "$@"; do case $arg in x=*) x=${arg#x=} ;; esac; done
echo "$HPO_TRIAL" >>records
echo "METRIC loss=$x"
