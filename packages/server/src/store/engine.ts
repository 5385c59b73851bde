/** The database engines. Only code in `store/` depends on the engine. */
export type Engine = 'sqlite' | 'postgres'
