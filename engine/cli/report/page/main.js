/* Puts the page together. */

/* [name, title, function of (study, report) that makes its nodes, or null to leave it out] */
const SECTIONS = [
    ['summary', 'Summary', summarySection],
    ['history', 'History', historySection],
    ['importance', 'What mattered', importanceSection],
    ['trials', 'Trials', tableSection],
    ['slices', 'Parameters one by one', slicesSection],
    ['top', 'Top trials', tiesSection],
    ['curves', 'Learning curves', curvesSection],
    ['parallel', 'Parallel coordinates', parallelSection],
    ['contour', 'The two strongest parameters', contourSection],
    ['timeline', 'Timeline', timelineSection],
    ['health', "The model's health", healthSection],
    ['failures', 'Failures', failuresSection],
    ['provenance', 'Provenance', provenanceSection],
];

function section(id, title, nodes) {
    return el('section', {id, 'aria-labelledby': `${id}-title`}, el('h2', {id: `${id}-title`}, title), nodes);
}

/* The sections of one study, made when it is first shown. */
function studyView(study, report) {
    const needsTrials = new Set(['history', 'importance', 'trials', 'slices', 'parallel', 'contour', 'health']);
    return SECTIONS.map(([id, title, make]) => {
        if (study.trials.count === 0 && needsTrials.has(id)) {
            return null;
        }
        const nodes = make(study, report);
        return nodes === null ? null : section(id, title, nodes);
    }).filter(node => node !== null);
}

function fillNav(sections) {
    document.getElementById('nav').replaceChildren(...sections.map(node =>
        el('a', {href: `#${node.id}`}, node.querySelector('h2').textContent)));
}

function setTheme(name) {
    document.documentElement.dataset.theme = name;
    try {
        localStorage.setItem('hone-theme', name);
    } catch {
        /* a page from a file may have no place to keep it */
    }
}

function startTheme() {
    let name = null;
    try {
        name = localStorage.getItem('hone-theme');
    } catch {
        name = null;
    }
    if (name === 'light' || name === 'dark') {
        document.documentElement.dataset.theme = name;
    }
    document.getElementById('theme').addEventListener('click', () => {
        const dark = document.documentElement.dataset.theme === 'dark'
            || (document.documentElement.dataset.theme === undefined && matchMedia('(prefers-color-scheme: dark)').matches);
        setTheme(dark ? 'light' : 'dark');
    });
}

function startStudies(report, main) {
    const holder = el('div', {});
    const views = new Map();
    const several = report.studies.length > 1;
    const tabs = report.studies.map((study, s) => el('button', {type: 'button', role: 'tab', onclick: () => choose(s)}, study.name));
    const compare = several ? section('compare', 'The studies compared', compareSection(report.studies, report, s => choose(s, true))) : null;
    const choose = (s, go) => {
        if (!views.has(s)) {
            views.set(s, studyView(report.studies[s], report));
        }
        tabs.forEach((tab, k) => tab.setAttribute('aria-selected', k === s));
        holder.replaceChildren(...views.get(s));
        fillNav([...(compare === null ? [] : [compare]), ...views.get(s)]);
        updatePictures();
        if (go) {
            holder.scrollIntoView();
        }
    };
    main.replaceChildren(...[compare, several ? el('div', {role: 'tablist', class: 'tabs studies', 'aria-label': 'Studies'}, tabs) : null, holder].filter(node => node !== null));
    choose(0);
}

function start() {
    const began = performance.now();
    const report = JSON.parse(document.getElementById('data').textContent);
    const title = report.studies.map(study => study.name).join(', ');
    report.studies.forEach(study => prepareStudy(study, report));
    document.title = `${title} · hone report`;
    document.getElementById('name').textContent = title;
    startTheme();
    startStudies(report, document.getElementById('main'));
    let pending = false;
    new ResizeObserver(() => {
        if (!pending) {
            pending = true;
            requestAnimationFrame(() => { pending = false; updatePictures(); });
        }
    }).observe(document.getElementById('main'));
    const dialog = document.getElementById('trial');
    dialog.addEventListener('click', event => { if (event.target === dialog) { dialog.close(); } });
    document.documentElement.dataset.drawn = Math.round(performance.now() - began);
}

start();
