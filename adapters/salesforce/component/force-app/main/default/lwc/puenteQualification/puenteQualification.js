import { LightningElement, api, wire } from 'lwc';
import { getRecord } from 'lightning/uiRecordApi';
import LANG from '@salesforce/i18n/lang';
import { labelsFor, optionLabel, readable } from './labels';
import { FIELDS, parseQualification } from './qualification';

const STAGE_THEMES = { sql: 'slds-theme_success', mql: 'slds-theme_info', disqualified: 'slds-theme_error' };

export default class PuenteQualification extends LightningElement {
    @api recordId;

    labels = labelsFor(LANG);
    requiredFields;
    optionalFields;
    _objectApiName;

    // Optional, because a required field that is hidden from the user fails the whole read. Source: Lightning Web
    // Components guide, "getRecord", read 2026-11 (documented); some required field must be named, and all see the id.
    @wire(getRecord, { recordId: '$recordId', fields: '$requiredFields', optionalFields: '$optionalFields' })
    record;

    @api
    get objectApiName() {
        return this._objectApiName;
    }

    set objectApiName(name) {
        this._objectApiName = name;
        this.requiredFields = [`${name}.Id`];
        this.optionalFields = FIELDS.map((field) => `${name}.${field}`);
    }

    get fields() {
        return this.record?.data?.fields;
    }

    get isFailed() {
        return Boolean(this.record?.error);
    }

    get isLoading() {
        return !this.fields && !this.isFailed;
    }

    get isHidden() {
        return Boolean(this.fields) && !('Puente_Stage__c' in this.fields);
    }

    get qualification() {
        return this.fields && parseQualification(this.fields);
    }

    get isQualified() {
        return Boolean(this.qualification?.stage);
    }

    get stageLabel() {
        return optionLabel(this.labels, 'stage', this.qualification.stage);
    }

    get stageTheme() {
        return STAGE_THEMES[this.qualification.stage] ?? '';
    }

    get reasons() {
        return this.qualification.reasons.map((text, index) => ({ key: index, text }));
    }

    get hasReasons() {
        return this.qualification.reasons.length > 0;
    }

    get isFitKnown() {
        return this.qualification.fit !== null;
    }

    get isEngagementKnown() {
        return this.qualification.engagement !== null;
    }

    get missing() {
        return this.qualification.missing || this.labels.missingNothing;
    }

    get nextStep() {
        const { nextContent, nextChannel } = this.qualification;
        const channel = nextChannel && optionLabel(this.labels, 'channel', nextChannel);
        return [nextContent && readable(nextContent), channel].filter(Boolean).join(' · ') || this.labels.nextStepNone;
    }

    get handoff() {
        const { handoff, rejectReason } = this.qualification;
        const said = this.labels[`handoff.${handoff}`];
        return handoff === 'rejected' && rejectReason
            ? `${said}: ${optionLabel(this.labels, 'reason', rejectReason)}`
            : said;
    }
}
