# Draws use and queue p99 of links from the table of m3-compare --out=FOLDER --links.
#
#   gnuplot -e "folder='FOLDER'" examples/plot-links.gp
set datafile separator ","
set terminal pngcairo size 900,600
set output folder."/links.png"
set title "Links: use and queue"
set xlabel "share of capacity used"
set ylabel "99th percentile of the queue, KB"
set key noautotitle
set grid
plot folder."/links.csv" using "utilisation":(column("queue_p99_bytes")/1000) with points pointtype 7
