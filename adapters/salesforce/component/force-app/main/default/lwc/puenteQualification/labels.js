/*
 * The words are kept here and not in custom labels: translating those takes the Translation Workbench, which an
 * organisation may not have switched on. Stages and rejection reasons read as the picklists' own values do.
 */
const es = {
    stage: 'Etapa',
    stageSince: 'Etapa desde',
    grade: 'Nota',
    fit: 'Encaje con el perfil',
    fitUnknown: 'Aún no se sabe',
    engagement: 'Interacción',
    reasons: 'Motivos',
    missing: 'Datos que faltan',
    missingNothing: 'Ninguno',
    nextStep: 'Próximo paso',
    nextStepNone: 'Sin contenido previsto',
    handoff: 'Traspaso a ventas',
    'handoff.open': 'Abierto: a la espera de ventas',
    'handoff.accepted': 'Aceptado por ventas',
    'handoff.rejected': 'Rechazado por ventas',
    'handoff.none': 'Ninguno abierto',
    scoredAt: 'Evaluado el',
    loading: 'Cargando la calificación',
    emptyTitle: 'Sin calificar todavía',
    emptyText: 'Puente evaluará a esta persona en cuanto haya actividad o datos nuevos.',
    hiddenTitle: 'Calificación no visible',
    hiddenText: 'Para verla hace falta acceso de lectura a los campos de Puente. Puede darlo quien administra Salesforce.',
    errorTitle: 'No se puede mostrar la calificación',
    errorText: 'No se han podido leer los datos de Puente. Si el problema continúa, consulte a quien administra el CRM.',
    'stage.subscriber': 'Suscriptor',
    'stage.mnql': 'mNQL (no calificado)',
    'stage.lead': 'Lead',
    'stage.mql': 'MQL (calificado para marketing)',
    'stage.sql': 'SQL (calificado para ventas)',
    'stage.opportunity': 'Oportunidad',
    'stage.customer': 'Cliente',
    'stage.evangelist': 'Prescriptor',
    'stage.disqualified': 'Descartado',
    'reason.fit': 'No encaja con el perfil',
    'reason.timing': 'No es el momento',
    'reason.budget': 'Sin presupuesto',
    'reason.data': 'Datos incorrectos',
    'reason.duplicate': 'Duplicado',
    'reason.competitor': 'Competidor',
    'reason.no-response': 'No responde',
    'reason.never': 'Nunca',
    'channel.email': 'Correo electrónico',
    'channel.phone': 'Teléfono'
};

const en = {
    stage: 'Stage',
    stageSince: 'Stage since',
    grade: 'Grade',
    fit: 'Fit with the profile',
    fitUnknown: 'Not known yet',
    engagement: 'Engagement',
    reasons: 'Reasons',
    missing: 'What is missing',
    missingNothing: 'Nothing',
    nextStep: 'Next step',
    nextStepNone: 'No content planned',
    handoff: 'Sales hand-off',
    'handoff.open': 'Open: waiting for sales',
    'handoff.accepted': 'Accepted by sales',
    'handoff.rejected': 'Rejected by sales',
    'handoff.none': 'None open',
    scoredAt: 'Scored at',
    loading: 'Loading the qualification',
    emptyTitle: 'Not qualified yet',
    emptyText: 'Puente will score this person as soon as there is new activity or data.',
    hiddenTitle: 'Qualification not visible',
    hiddenText: 'Seeing it takes read access to Puente’s fields, which the Salesforce administrator can grant.',
    errorTitle: 'The qualification cannot be shown',
    errorText: 'Puente’s data could not be read. If this goes on, ask the administrator of the CRM.',
    'stage.subscriber': 'Subscriber',
    'stage.mnql': 'mNQL (non-qualified)',
    'stage.lead': 'Lead',
    'stage.mql': 'MQL (marketing qualified)',
    'stage.sql': 'SQL (sales qualified)',
    'stage.opportunity': 'Opportunity',
    'stage.customer': 'Customer',
    'stage.evangelist': 'Evangelist',
    'stage.disqualified': 'Disqualified',
    'reason.fit': 'Does not fit the profile',
    'reason.timing': 'Bad timing',
    'reason.budget': 'No budget',
    'reason.data': 'Wrong data',
    'reason.duplicate': 'Duplicate',
    'reason.competitor': 'Competitor',
    'reason.no-response': 'No response',
    'reason.never': 'Never',
    'channel.email': 'E-mail',
    'channel.phone': 'Phone'
};

/** Choose the language of the user; whoever reads neither of the two gets English. */
export function labelsFor(lang) {
    return /^es(?![a-z])/i.test(lang ?? '') ? es : en;
}

/** Say what a value of a choice means; a value of the company's own is readable as it is. */
export function optionLabel(labels, kind, value) {
    return labels[`${kind}.${value}`] ?? readable(value);
}

/** Write an identifier of the model file, such as `plan-comparison`, as words. */
export function readable(id) {
    const words = id.replace(/[-_]+/g, ' ').trim();
    return words.charAt(0).toUpperCase() + words.slice(1);
}
