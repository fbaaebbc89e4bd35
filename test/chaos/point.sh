# Notes its point, each note in one write, and is done.
echo "$*" >>records
echo 'METRIC loss=1'
