/* Where everything comes from. */

function provenanceSection(study, report) {
    return [
        definitions([
            ['study', study.name], ['database', report.database], ['objective', study.objective],
            ['metric', `${study.metric}, ${study.direction}`], ['folds', String(study.folds)],
            ['method', study.sampler], ['seed', String(study.seed)], ['trials in flight', study.parallel === null ? 'any number' : String(study.parallel)],
            ['created', moment(study.created)], ['data, SHA-256', study.dataHash], ['folds, SHA-256', study.foldHash],
            ['spec file', study.specFile], ['folder', study.folder],
            ['this page', `hone ${report.version}, ${moment(report.written)}`],
            ['written on', report.host === undefined ? null : `${report.host} (${report.system} ${report.release}, ${report.machine})`],
        ]),
        el('details', {open: true}, el('summary', {}, 'Spec'), copyBox(study.spec.trimEnd(), 'The spec as it was written')),
    ];
}
