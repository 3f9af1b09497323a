import reactHooks from 'eslint-plugin-react-hooks';
import { configs } from 'typescript-eslint';

export default [
  { ignores: ['node_modules/'] },
  ...configs.strict,
  reactHooks.configs.flat.recommended,
];
