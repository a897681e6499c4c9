/** Imports a module as Node does, without the transformation of the test runner. */
module.exports = (url) => import(url);
