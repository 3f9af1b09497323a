const lwc = require('@salesforce/eslint-config-lwc');
const jest = require('eslint-plugin-jest');
const globals = require('globals');

module.exports = [
    { ignores: ['node_modules/'] },
    ...lwc.configs.recommended,
    ...lwc.configs.i18n,
    { files: ['*.config.js'], languageOptions: { globals: globals.node } },
    {
        ...jest.configs['flat/recommended'],
        files: ['**/__tests__/**'],
        // A test drives the adapter that the component is wired to.
        rules: { ...jest.configs['flat/recommended'].rules, '@lwc/lwc/no-unexpected-wire-adapter-usages': 'off' }
    }
];
