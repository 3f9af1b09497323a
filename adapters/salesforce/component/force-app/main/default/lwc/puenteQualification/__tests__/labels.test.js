import { labelsFor, optionLabel, readable } from '../labels';

describe('labels', () => {
    it.each(['es', 'es-MX', 'es_419', 'ES'])('speak Spanish to %s', (lang) => {
        expect(labelsFor(lang).stage).toBe('Etapa');
    });

    it.each(['en', 'en-GB', 'fr', 'est', undefined])('speak English to %s', (lang) => {
        expect(labelsFor(lang).stage).toBe('Stage');
    });

    it('say the same things in both languages', () => {
        expect(Object.keys(labelsFor('es'))).toEqual(Object.keys(labelsFor('en')));
    });

    it('keep a value of the company readable', () => {
        expect(optionLabel(labelsFor('en'), 'stage', 'sql')).toBe('SQL (sales qualified)');
        expect(optionLabel(labelsFor('en'), 'channel', 'sms_or-chat')).toBe('Sms or chat');
        expect(readable('plan-comparison')).toBe('Plan comparison');
    });
});
