# ruby-jwt, which finds the key of the set by kid.
require 'json'
require 'jwt'
require 'net/http'

asked = JSON.parse($stdin.read)
keys = JSON.parse(Net::HTTP.get(URI(asked['jwksUri'])))

verdicts = asked['cases'].map do |one|
  options = {
    algorithms: asked['algorithms'],
    jwks: keys,
    iss: asked['issuer'],
    verify_iss: true,
    aud: one['audience'],
    verify_aud: true,
    required_claims: %w[exp iss aud sub jti]
  }
  JWT.decode(one['token'], nil, true, options)
  'accepted'
rescue JWT::DecodeError => e
  "refused: #{e.class} #{e.message}"
end
puts JSON.generate(verdicts)
