/** The database engines. Code outside of `store/` avoids depending on the engine. */
export type Engine = 'sqlite' | 'postgres'
