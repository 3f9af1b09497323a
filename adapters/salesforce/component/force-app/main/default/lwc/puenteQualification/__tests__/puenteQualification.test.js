import { registerSa11yMatcher } from '@sa11y/jest';
import { createElement } from 'lwc';
import { getRecord } from 'lightning/uiRecordApi';
import PuenteQualification from 'c/puenteQualification';

jest.mock('@salesforce/i18n/lang', () => ({ default: 'es-MX' }), { virtual: true });

const MQL = {
    Puente_Stage__c: 'mql',
    Puente_Stage_At__c: '2026-11-22T09:15:00.000Z',
    Puente_Grade__c: 'B1',
    Puente_Fit__c: 75,
    Puente_Engagement__c: 61.14,
    Puente_Reasons__c: 'MQL: interacción 61,14 (umbral 50).\r\nVio la página de precios ×4.\nEncaja: decide la compra.',
    Puente_Missing__c: 'Sector objetivo',
    Puente_Next_Content__c: 'personal-demo',
    Puente_Next_Channel__c: 'phone',
    Puente_Handoff_Key__c: '65becb0c45cdc14ca208247a89bb7065',
    Puente_Sales_Verdict__c: null,
    Puente_Reject_Reason__c: null,
    Puente_Scored_At__c: '2026-11-22T09:15:00.000Z'
};
const NEVER_QUALIFIED = Object.fromEntries(Object.keys(MQL).map((name) => [name, null]));

function recordOf(values) {
    const fields = Object.entries(values).map(([name, value]) => [name, { value, displayValue: null }]);
    return { id: '00QAA00000000012AA', apiName: 'Lead', fields: Object.fromEntries(fields) };
}

function place(objectApiName = 'Lead') {
    const element = createElement('c-puente-qualification', { is: PuenteQualification });
    element.recordId = '00QAA00000000012AA';
    element.objectApiName = objectApiName;
    document.body.appendChild(element);
    return element;
}

async function show(values) {
    const element = place();
    getRecord.emit(recordOf(values));
    await Promise.resolve();
    return element;
}

function all(element, selector) {
    return [...element.shadowRoot.querySelectorAll(selector)];
}

function detail(element, id) {
    return element.shadowRoot.querySelector(`[data-id="${id}"]`);
}

describe('c-puente-qualification', () => {
    beforeAll(registerSa11yMatcher);

    afterEach(() => {
        while (document.body.firstChild) {
            document.body.removeChild(document.body.firstChild);
        }
    });

    it('shows stage, reasons, what is missing, the next step and the open hand-off', async () => {
        const element = await show(MQL);

        expect(all(element, 'lightning-badge').map((badge) => badge.label)).toEqual([
            'MQL (calificado para marketing)'
        ]);
        expect(all(element, 'li').map((line) => line.textContent)).toEqual([
            'MQL: interacción 61,14 (umbral 50).',
            'Vio la página de precios ×4.',
            'Encaja: decide la compra.'
        ]);
        expect(detail(element, 'grade').textContent).toBe('B1');
        expect(detail(element, 'missing').textContent).toBe('Sector objetivo');
        expect(detail(element, 'next-step').textContent).toBe('Personal demo · Teléfono');
        expect(detail(element, 'handoff').textContent).toBe('Abierto: a la espera de ventas');
    });

    it('leaves numbers and times to the formats of the user', async () => {
        const element = await show(MQL);

        expect(detail(element, 'fit').firstElementChild).toMatchObject({ value: 75, formatStyle: 'percent-fixed' });
        expect(detail(element, 'engagement').firstElementChild.value).toBe(61.14);
        expect(detail(element, 'stage-since').firstElementChild.value).toBe(MQL.Puente_Stage_At__c);
        expect(detail(element, 'scored-at').firstElementChild.value).toBe(MQL.Puente_Scored_At__c);
    });

    it('shows a fit and an engagement of nought, and tells them from unknown ones', async () => {
        const nought = await show({ ...MQL, Puente_Fit__c: 0, Puente_Engagement__c: 0 });
        expect(detail(nought, 'fit').firstElementChild.value).toBe(0);
        expect(detail(nought, 'engagement').firstElementChild.value).toBe(0);

        const unknown = await show({ ...MQL, Puente_Fit__c: null, Puente_Engagement__c: null });
        expect(detail(unknown, 'fit').textContent).toBe('Aún no se sabe');
        expect(detail(unknown, 'engagement')).toBeNull();
    });

    it('says so when nothing is missing and nothing is planned', async () => {
        const element = await show({ ...NEVER_QUALIFIED, Puente_Stage__c: 'subscriber' });

        expect(detail(element, 'missing').textContent).toBe('Ninguno');
        expect(detail(element, 'next-step').textContent).toBe('Sin contenido previsto');
        expect(all(element, 'ul')).toEqual([]);
    });

    it.each([
        ['accepted', { Puente_Sales_Verdict__c: 'accepted' }, 'Aceptado por ventas'],
        [
            'rejected for a reason',
            { Puente_Sales_Verdict__c: 'rejected', Puente_Reject_Reason__c: 'budget', Puente_Stage__c: 'lead' },
            'Rechazado por ventas: Sin presupuesto'
        ],
        ['rejected without a reason', { Puente_Sales_Verdict__c: 'rejected' }, 'Rechazado por ventas'],
        ['over once the stage was left, though its key stays', { Puente_Stage__c: 'lead' }, 'Ninguno abierto'],
        ['none without a key', { Puente_Handoff_Key__c: null }, 'Ninguno abierto']
    ])('tells a hand-off that is %s', async (_sentence, change, said) => {
        expect(detail(await show({ ...MQL, ...change }), 'handoff').textContent).toBe(said);
    });

    it('reads on when some fields are hidden from the user', async () => {
        const element = await show({ Puente_Stage__c: 'mql', Puente_Grade__c: 'B1' });

        expect(detail(element, 'grade').textContent).toBe('B1');
        expect(detail(element, 'missing').textContent).toBe('Ninguno');
    });

    it('asks for access when the stage itself is hidden', async () => {
        const element = await show({});

        expect(all(element, 'h3').map((heading) => heading.textContent)).toEqual(['Calificación no visible']);
    });

    it('tells who was never qualified', async () => {
        const element = await show(NEVER_QUALIFIED);

        expect(all(element, 'h3').map((heading) => heading.textContent)).toEqual(['Sin calificar todavía']);
        expect(all(element, '[role="alert"]')).toEqual([]);
    });

    it('announces a failure', async () => {
        const element = place();
        getRecord.error({ message: 'The requested resource does not exist' }, 404);
        await Promise.resolve();

        expect(element.shadowRoot.querySelector('[role="alert"] h3').textContent).toBe(
            'No se puede mostrar la calificación'
        );
    });

    it('announces in words that it is waiting', () => {
        expect(all(place(), 'lightning-spinner').map((spinner) => spinner.alternativeText)).toEqual([
            'Cargando la calificación'
        ]);
    });

    it.each(['Lead', 'Contact'])('asks for the fields of a %s, none of which has to be visible', async (object) => {
        place(object);
        await Promise.resolve();

        const { fields, optionalFields } = getRecord.getLastConfig();
        expect(fields).toEqual([`${object}.Id`]);
        expect(optionalFields).toEqual(Object.keys(MQL).map((name) => `${object}.${name}`));
    });

    it.each([
        ['a qualified person', MQL],
        ['nobody qualified', NEVER_QUALIFIED],
        ['hidden fields', {}]
    ])('is accessible with %s', async (_state, values) => {
        const element = await show(values);
        await expect(element).toBeAccessible();
    });
});
