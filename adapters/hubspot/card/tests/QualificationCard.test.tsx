import {
  Button,
  DescriptionListItem,
  EmptyState,
  ErrorState,
  Heading,
  List,
  LoadingSpinner,
  StatusTag,
  Text,
} from '@hubspot/ui-extensions';
import { createRenderer } from '@hubspot/ui-extensions/testing';
import { describe, expect, test } from 'vitest';
import { QualificationCard } from '../QualificationCard';
import { PROPERTIES } from '../qualification';

const MQL: Record<string, string | null> = {
  puente_stage: 'mql',
  puente_stage_at: '22 nov 2026 10:15',
  puente_grade: 'B1',
  puente_fit: '75',
  puente_engagement: '61,14',
  puente_reasons: 'MQL: interacción 61,14 (umbral 50) y encaje de 75 %.\nVio la página de precios ×4.\nEncaja: decide la compra.',
  puente_missing: 'Sector objetivo',
  puente_next_content: 'personal-demo',
  puente_next_channel: 'phone',
  puente_handoff_key: '65becb0c45cdc14ca208247a89bb7065',
  puente_sales_verdict: null,
  puente_reject_reason: null,
  puente_scored_at: '22 nov 2026 10:15',
};
const NEVER_QUALIFIED = Object.fromEntries(PROPERTIES.map((name) => [name, null]));

type Answer = { isLoading?: boolean; isRefetching?: boolean; error?: Error; properties?: Record<string, string | null> };

function renderCard(answer: Answer, language = 'es') {
  const renderer = createRenderer('crm.record.sidebar');
  renderer.mocks.context.user.language = language;
  const refetched: unknown[] = [];
  renderer.mocks.useCrmProperties.willCall(() => ({
    properties: answer.properties ?? {},
    error: answer.error ?? null,
    isLoading: answer.isLoading ?? false,
    isRefetching: answer.isRefetching ?? false,
    refetch: async () => void refetched.push('again'),
  }));
  renderer.render(<QualificationCard />);
  const row = (label: string) => renderer.maybeFind(DescriptionListItem, { label })?.find(Text).text;
  return { ...renderer, row, refetched };
}

describe('a qualified person', () => {
  test('shows stage, reasons, what is missing, the next step and the open hand-off', () => {
    const { find, row } = renderCard({ properties: MQL });
    expect(find(StatusTag).text).toBe('MQL (calificado para marketing)');
    expect(find(Heading).text).toBe('Motivos');
    expect(find(List).findAll(Text).map((line) => line.text)).toEqual(MQL.puente_reasons?.split('\n'));
    expect(row('Nota')).toBe('B1');
    expect(row('Encaje con el perfil')).toBe('75 %');
    expect(row('Interacción')).toBe('61,14');
    expect(row('Datos que faltan')).toBe('Sector objetivo');
    expect(row('Próximo paso')).toBe('Personal demo · Teléfono');
    expect(row('Traspaso a ventas')).toBe('Abierto: a la espera de ventas');
    expect(row('Etapa desde')).toBe('22 nov 2026 10:15');
    expect(row('Evaluado el')).toBe('22 nov 2026 10:15');
  });

  test('is shown in English to whoever does not read Spanish', () => {
    for (const language of ['en', 'en-gb', 'fr', 'est']) {
      const { find, row } = renderCard({ properties: MQL }, language);
      expect(find(StatusTag).text).toBe('MQL (marketing qualified)');
      expect(row('Fit with the profile')).toBe('75%');
      expect(row('Next step')).toBe('Personal demo · Phone');
      expect(row('Sales hand-off')).toBe('Open: waiting for sales');
    }
  });

  test('is shown in Spanish to every kind of Spanish speaker', () => {
    for (const language of ['es', 'es-mx', 'ES_419']) {
      expect(renderCard({ properties: MQL }, language).row('Nota')).toBe('B1');
    }
  });

  test('says so when nothing is missing, nothing is planned and the fit is not known', () => {
    const bare = { ...NEVER_QUALIFIED, puente_stage: 'subscriber', puente_scored_at: '22 nov 2026 10:15' };
    const { row, maybeFind } = renderCard({ properties: bare });
    expect(row('Datos que faltan')).toBe('Ninguno');
    expect(row('Próximo paso')).toBe('Sin contenido previsto');
    expect(row('Encaje con el perfil')).toBe('Aún no se sabe');
    expect(row('Traspaso a ventas')).toBe('Ninguno abierto');
    expect(row('Nota')).toBeUndefined();
    expect(maybeFind(Heading)).toBeNull();
  });

  test('stays on screen while it is read again', () => {
    const { find } = renderCard({ properties: MQL, isRefetching: true });
    expect(find(StatusTag).text).toContain('MQL');
  });
});

describe('the hand-off', () => {
  test.each([
    ['is closed when sales accepted it', { puente_sales_verdict: 'accepted' }, 'Aceptado por ventas'],
    [
      'says why sales rejected it',
      { puente_sales_verdict: 'rejected', puente_reject_reason: 'budget', puente_stage: 'lead' },
      'Rechazado por ventas: Sin presupuesto',
    ],
    ['may be rejected without a reason', { puente_sales_verdict: 'rejected' }, 'Rechazado por ventas'],
    ['is not open once the stage was left, though its key stays', { puente_stage: 'lead' }, 'Ninguno abierto'],
    ['is not open without a key', { puente_handoff_key: null }, 'Ninguno abierto'],
  ])('%s', (_sentence, change, said) => {
    expect(renderCard({ properties: { ...MQL, ...change } }).row('Traspaso a ventas')).toBe(said);
  });
});

describe('nobody qualified', () => {
  test('is told apart from a failure', () => {
    const { find, maybeFind } = renderCard({ properties: NEVER_QUALIFIED });
    expect(find(EmptyState).props.title).toBe('Sin calificar todavía');
    expect(maybeFind(ErrorState)).toBeNull();
  });

  test('a failure offers to try again', () => {
    const { find, maybeFind, refetched } = renderCard({ error: new Error('503') }, 'en');
    expect(find(ErrorState).props.title).toBe('The qualification cannot be shown');
    expect(maybeFind(EmptyState)).toBeNull();
    find(Button).trigger('onClick');
    expect(refetched).toEqual(['again']);
  });

  test('waiting is announced in words', () => {
    expect(renderCard({ isLoading: true }).find(LoadingSpinner).props.label).toBe('Cargando la calificación');
    expect(renderCard({ isRefetching: true }).maybeFind(EmptyState)).toBeNull();
  });
});

test('only the properties that are shown are read, and dates and numbers in the reader’s own format', () => {
  const { mocks } = renderCard({ properties: MQL });
  const [names, options] = mocks.useCrmProperties.calls[0] ?? [];
  expect(names).toEqual([...PROPERTIES]);
  expect(names).toEqual(expect.arrayContaining(options?.propertiesToFormat as string[]));
});
