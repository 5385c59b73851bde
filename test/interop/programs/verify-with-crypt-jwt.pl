# Crypt::JWT, which finds the key of the set by kid.
use strict;
use warnings;
use Crypt::JWT qw(decode_jwt);
use HTTP::Tiny;
use JSON::PP qw(decode_json encode_json);

my $asked = decode_json(do { local $/; <STDIN> });
my $answer = HTTP::Tiny->new(timeout => 10)->get($asked->{jwksUri});
die "no keys: $answer->{status}" unless $answer->{success};
my $keys = decode_json($answer->{content});

my @verdicts = map {
    my $case = $_;
    my $claims = eval {
        decode_jwt(
            token        => $case->{token},
            kid_keys     => $keys,
            accepted_alg => $asked->{algorithms},
            verify_iss   => sub { $_[0] eq $asked->{issuer} },
            verify_aud   => sub { $_[0] eq $case->{audience} },
            verify_exp   => 1,
        );
    };
    die $@ unless defined $claims or $@ =~ /^JW[ST]:/;
    defined $claims ? 'accepted' : "refused: $@";
} @{ $asked->{cases} };
print encode_json(\@verdicts);
