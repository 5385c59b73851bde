# ruby-jwt, which selects the key by kid.
require 'json'
require 'jwt'
require 'net/http'

given = JSON.parse($stdin.read)
keys = JSON.parse(Net::HTTP.get(URI(given['jwksUri'])))

verdicts = given['cases'].map do |one|
  options = {
    algorithms: given['algorithms'],
    jwks: keys,
    iss: given['issuer'],
    verify_iss: true,
    aud: one['audience'],
    verify_aud: true,
    required_claims: %w[exp iss aud sub jti]
  }
  JWT.decode(one['token'], nil, true, options)
  'accepted'
rescue JWT::DecodeError => e
  "rejected: #{e.class} #{e.message}"
end
puts JSON.generate(verdicts)
