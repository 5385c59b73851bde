import './theme/styles.css'
import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { locale } from './messages/locale.ts'
import { router } from './router.tsx'
import { colorSchemeManager } from './theme/color-scheme.ts'
import { nonce } from './theme/nonce.ts'
import { cssVariables, theme } from './theme/theme.ts'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The SDK retries requests that are safe to retry.
      retry: false,
      staleTime: 1_000,
      // versionOf() finds the version of a response by object identity.
      structuralSharing: false,
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
})

const element = document.getElementById('root')
if (element === null) throw new TypeError('index.html has lost its root')
document.documentElement.lang = locale
createRoot(element).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
