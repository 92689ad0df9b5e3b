/** The driver ships no types: driver.ts says what is used of it. */
declare module 'oracledb' {
  const driver: unknown;
  export default driver;
}
