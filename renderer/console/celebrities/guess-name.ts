export { guessName } from '../../../core/model/guess-name'
