const lwc = require('@salesforce/eslint-config-lwc');
const jest = require('eslint-plugin-jest');

module.exports = [
    { ignores: ['node_modules/', 'eslint.config.js'] },
    ...lwc.configs.recommended,
    ...lwc.configs.i18n,
    {
        ...jest.configs['flat/recommended'],
        files: ['**/__tests__/**'],
        // A test drives the adapter that the component is wired to.
        rules: { ...jest.configs['flat/recommended'].rules, '@lwc/lwc/no-unexpected-wire-adapter-usages': 'off' }
    }
];
