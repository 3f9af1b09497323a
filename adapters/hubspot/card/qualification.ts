/** The properties the card reads; each is one Puente writes, or sales fill in. */
export const PROPERTIES = [
  'puente_stage',
  'puente_stage_at',
  'puente_grade',
  'puente_fit',
  'puente_engagement',
  'puente_reasons',
  'puente_missing',
  'puente_next_content',
  'puente_next_channel',
  'puente_handoff_key',
  'puente_sales_verdict',
  'puente_reject_reason',
  'puente_scored_at',
] as const;

/** Those HubSpot writes out in the user's own format and time zone. */
export const FORMATTED = ['puente_stage_at', 'puente_fit', 'puente_engagement', 'puente_scored_at'];

export type Handoff = 'open' | 'accepted' | 'rejected' | 'none';

export interface Qualification {
  stage: string;
  stageAt: string | null;
  grade: string | null;
  fit: string | null;
  engagement: string | null;
  reasons: string[];
  missing: string | null;
  nextContent: string | null;
  nextChannel: string | null;
  handoff: Handoff;
  rejectReason: string | null;
  scoredAt: string | null;
}

const HANDOFF_STAGES = ['mql', 'sql'];

/** Read a qualification out of the properties; null when the person was never qualified. */
export function parseQualification(given: Record<string, string | null>): Qualification | null {
  const text = (name: (typeof PROPERTIES)[number]) => given[name]?.trim() || null;
  const stage = text('puente_stage');
  if (!stage) return null;
  return {
    stage,
    stageAt: text('puente_stage_at'),
    grade: text('puente_grade'),
    fit: text('puente_fit'),
    engagement: text('puente_engagement'),
    reasons: (text('puente_reasons') ?? '').split('\n').filter((line) => line.trim()),
    missing: text('puente_missing'),
    nextContent: text('puente_next_content'),
    nextChannel: text('puente_next_channel'),
    handoff: handoffState(stage, text('puente_handoff_key'), text('puente_sales_verdict')),
    rejectReason: text('puente_reject_reason'),
    scoredAt: text('puente_scored_at'),
  };
}

/** The key outlives its episode: it is open while the person is in a stage for sales and sales have not answered. */
function handoffState(stage: string, key: string | null, verdict: string | null): Handoff {
  if (verdict === 'accepted' || verdict === 'rejected') return verdict;
  return key && HANDOFF_STAGES.includes(stage) ? 'open' : 'none';
}
