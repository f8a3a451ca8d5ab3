/* What ran when: runs that overlap lie in different lanes. */

const TIMELINE_BARS = 3000;

/* [{trial, fold, from, to}] in seconds after the first start. */
function timelineRuns(study) {
    const t = study.trials;
    const zero = study.firstStart;
    const runs = [];
    for (const i of study.numbers) {
        if (t.foldStart !== undefined) {
            t.foldStart.forEach((starts, f) => {
                if (isNumber(starts[i]) && isNumber(t.foldSeconds[f][i])) {
                    runs.push({trial: i, fold: f, from: (starts[i] - zero) / 1000, to: (starts[i] - zero) / 1000 + t.foldSeconds[f][i]});
                }
            });
        } else if (isNumber(t.start[i]) && isNumber(t.finish[i])) {
            runs.push({trial: i, fold: null, from: (t.start[i] - zero) / 1000, to: (t.finish[i] - zero) / 1000});
        }
    }
    return runs.sort((a, b) => a.from - b.from || a.to - b.to);
}

/* Gives each run the first lane that is free; returns how many there are. Clocks are
 * read to a millisecond. */
function assignLanes(runs) {
    const free = [];
    for (const run of runs) {
        let lane = free.findIndex(at => at <= run.from + 0.002);
        lane = lane < 0 ? free.length : lane;
        run.lane = lane;
        free[lane] = run.to;
    }
    return free.length;
}

function drawTimeline(study, chart, runs, lanes) {
    const high = (chart.inner - 60) / lanes;
    const frame = {left: 50, right: chart.width - 12, top: 14, bottom: chart.inner - 44};
    const x = linear(padded([0, Math.max(...runs.map(run => run.to))], 0.01), [frame.left, frame.right]);
    const y = linear([0, lanes], [frame.top, frame.bottom]);
    chart.axes(frame, x, y, {x: 'time since the first trial began', xShow: duration, yTicks: [],
        xTicks: x.ticks(Math.max(2, chart.width / 130)).filter(tick => tick >= 0)});
    range(lanes).filter(k => lanes <= 16 || k % Math.ceil(lanes / 16) === 0).forEach(k =>
        chart.text(frame.left - 8, y(k + 0.5) + 4, String(k + 1), {class: 'tick', 'text-anchor': 'end'}));
    for (const run of thinned(runs, TIMELINE_BARS, run => run.trial === study.bestNumber)) {
        const width = Math.max(x(run.to) - x(run.from) - 0.5, 0.8);
        const state = STATE_NAMES[study.trials.state[run.trial]];
        chart.add('rect', {class: `run ${run.trial === study.bestNumber ? 'best' : state}${run.trial % 2 ? ' odd' : ''}`, x: x(run.from).toFixed(1), y: (y(run.lane) + 1).toFixed(1), width: width.toFixed(1), height: Math.max(high - 2, 1).toFixed(1)});
        chart.spots.push({x: x((run.from + run.to) / 2), y: y(run.lane + 0.5), open: () => showTrial(study, run.trial),
            tip: () => [`Trial ${run.trial}${run.fold === null ? '' : `, fold ${run.fold}`}`, [[state, ''], ['took', duration(run.to - run.from)]]]});
    }
}

function timelineSection(study) {
    const runs = timelineRuns(study);
    if (runs.length === 0) {
        return null;
    }
    const lanes = assignLanes(runs);
    const busy = runs.reduce((sum, run) => sum + run.to - run.from, 0) / (Math.max(...runs.map(run => run.to)) || 1);
    const chart = new Chart('When each run began and ended', 60 + Math.min(Math.max(26 * lanes, 60), 320), c => drawTimeline(study, c, runs, lanes));
    const what = study.trials.foldStart !== undefined && study.folds > 1 ? 'fold of a trial' : 'trial';
    return [chart.box, legend([['run best', 'the best trial'], ['run complete', 'complete'], ...(study.counts.p > 0 ? [['run pruned', 'pruned']] : []), ...(study.counts.f > 0 ? [['run failed', 'failed']] : [])]),
        el('p', {class: 'muted'}, `A bar is a ${what}; a lane holds what does not overlap. ${number(busy, 2)} ran at once on average, ${plural(lanes, 'lane')} at most.`
            + (runs.length > TIMELINE_BARS ? ` ${TIMELINE_BARS.toLocaleString('en')} of ${runs.length.toLocaleString('en')} bars are drawn.` : ''))];
}
