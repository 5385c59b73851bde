# Crypt::JWT, which selects the key by kid.
use strict;
use warnings;
use Crypt::JWT qw(decode_jwt);
use HTTP::Tiny;
use JSON::PP qw(decode_json encode_json);

my $given = decode_json(do { local $/; <STDIN> });
my $response = HTTP::Tiny->new(timeout => 10)->get($given->{jwksUri});
die "no keys: $response->{status}" unless $response->{success};
my $keys = decode_json($response->{content});

my @verdicts = map {
    my $case = $_;
    my $claims = eval {
        decode_jwt(
            token        => $case->{token},
            kid_keys     => $keys,
            accepted_alg => $given->{algorithms},
            verify_iss   => sub { $_[0] eq $given->{issuer} },
            verify_aud   => sub { $_[0] eq $case->{audience} },
            verify_exp   => 1,
        );
    };
    die $@ unless defined $claims or $@ =~ /^JW[ST]:/;
    defined $claims ? 'accepted' : "rejected: $@";
} @{ $given->{cases} };
print encode_json(\@verdicts);
