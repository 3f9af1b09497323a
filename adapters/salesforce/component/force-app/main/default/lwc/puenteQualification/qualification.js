/** The fields the component reads; each is one Puente writes, or sales fill in. */
export const FIELDS = [
    'Puente_Stage__c',
    'Puente_Stage_At__c',
    'Puente_Grade__c',
    'Puente_Fit__c',
    'Puente_Engagement__c',
    'Puente_Reasons__c',
    'Puente_Missing__c',
    'Puente_Next_Content__c',
    'Puente_Next_Channel__c',
    'Puente_Handoff_Key__c',
    'Puente_Sales_Verdict__c',
    'Puente_Reject_Reason__c',
    'Puente_Scored_At__c'
];

const HANDOFF_STAGES = ['mql', 'sql'];
const VERDICTS = ['accepted', 'rejected'];

/** Read a qualification out of a record's fields; a field the user may not see is absent and reads as empty. */
export function parseQualification(fields) {
    const value = (name) => fields[name]?.value ?? null;
    const stage = value('Puente_Stage__c');
    return {
        stage,
        stageAt: value('Puente_Stage_At__c'),
        grade: value('Puente_Grade__c'),
        fit: value('Puente_Fit__c'),
        engagement: value('Puente_Engagement__c'),
        reasons: (value('Puente_Reasons__c') ?? '').split(/\r?\n/).filter((line) => line.trim()),
        missing: value('Puente_Missing__c'),
        nextContent: value('Puente_Next_Content__c'),
        nextChannel: value('Puente_Next_Channel__c'),
        handoff: handoffState(stage, value('Puente_Handoff_Key__c'), value('Puente_Sales_Verdict__c')),
        rejectReason: value('Puente_Reject_Reason__c'),
        scoredAt: value('Puente_Scored_At__c')
    };
}

/** The key outlives its episode: it is open while the person is in a stage for sales and sales have not answered. */
function handoffState(stage, key, verdict) {
    if (VERDICTS.includes(verdict)) {
        return verdict;
    }
    return key && HANDOFF_STAGES.includes(stage) ? 'open' : 'none';
}
