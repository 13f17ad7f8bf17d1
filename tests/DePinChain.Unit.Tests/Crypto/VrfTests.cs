using System.Text.Json;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Crypto;

public sealed class VrfTests
{
    private static JsonElement File => KnownAnswers.Read("chain/ecvrf_secp256k1_sha256_tai.json");

    private static JsonElement Known => File.GetProperty("rfc9381_mode").GetProperty("vectors")[0];

    [Test]
    public void The_known_input_has_the_known_proof_and_output()
    {
        using PrivateKey key = PrivateKey.Parse(Known.GetProperty("secret").GetString()!);
        byte[] alpha = BytesOf("alpha");
        byte[] proof = Vrf.Prove(key, alpha);
        Assert.That(key.PublicKeyCompressed, Is.EqualTo(BytesOf("public")));
        Assert.That(proof, Is.EqualTo(BytesOf("pi")));
        Assert.That(Vrf.TryVerify(key.PublicKeyCompressed, alpha, proof, out Hash256 beta), Is.True);
        Assert.That(beta.ToArray(), Is.EqualTo(BytesOf("beta")));
        Assert.That(Vrf.ProofToHash(proof), Is.EqualTo(beta));
    }

    [Test]
    public void What_was_proved_verifies_and_two_inputs_have_two_outputs()
    {
        using PrivateKey key = PrivateKey.Parse(new string('7', 64));
        SortedSet<Hash256> outputs = [];
        for (byte i = 0; i < 20; i++)
        {
            byte[] alpha = new byte[i];
            Assert.That(Vrf.TryVerify(key.PublicKeyCompressed, alpha, Vrf.Prove(key, alpha), out Hash256 beta), Is.True);
            outputs.Add(beta);
        }

        Assert.That(outputs, Has.Count.EqualTo(20));
    }

    // The older draft leaves the public key out of the challenge: its proofs, valid there, are not ours.
    [Test]
    public void Proofs_of_the_older_draft_are_refused()
    {
        JsonElement legacy = File.GetProperty("legacy").GetProperty("vectors")[0];
        Assert.That(
            Verify(legacy.GetProperty("public"), Hex.Decode(legacy.GetProperty("alpha").GetString()!), legacy.GetProperty("pi")),
            Is.False);
        JsonElement invalid = File.GetProperty("legacy").GetProperty("invalid")[0];
        byte[] alpha = System.Text.Encoding.UTF8.GetBytes(invalid.GetProperty("alpha_utf8").GetString()!);
        Assert.That(Verify(invalid.GetProperty("public"), alpha, invalid.GetProperty("pi")), Is.False);

        static bool Verify(JsonElement key, byte[] alpha, JsonElement proof) =>
            Vrf.TryVerify(Hex.Decode(key.GetString()!), alpha, Hex.Decode(proof.GetString()!), out _);
    }

    [Test]
    public void A_proof_with_any_byte_changed_is_refused()
    {
        byte[] proof = BytesOf("pi");
        for (int i = 0; i < proof.Length; i++)
        {
            byte[] changed = [.. proof];
            changed[i] ^= 0x01;
            Assert.That(Vrf.TryVerify(BytesOf("public"), BytesOf("alpha"), changed, out Hash256 beta), Is.False, $"byte {i}");
            Assert.That(beta, Is.EqualTo(Hash256.Zero));
        }
    }

    [Test]
    public void Another_input_key_or_length_is_refused()
    {
        byte[] proof = BytesOf("pi"), key = BytesOf("public"), alpha = BytesOf("alpha");
        byte[] otherKey = [(byte)(key[0] ^ 1), .. key[1..]];
        Assert.That(Vrf.TryVerify(key, [.. alpha, 0], proof, out _), Is.False);
        Assert.That(Vrf.TryVerify(otherKey, alpha, proof, out _), Is.False);
        Assert.That(Vrf.TryVerify(key, alpha, proof.AsSpan(1), out _), Is.False);
        Assert.That(Vrf.TryVerify(key, alpha, [.. proof, 0], out _), Is.False);
        Assert.That(Vrf.TryVerify(Secp256k1.Decompress(key), alpha, proof, out _), Is.False);
        Assert.That(Vrf.TryVerify(new byte[33], alpha, proof, out _), Is.False);
        Assert.That(() => Vrf.ProofToHash(new byte[80]), Throws.TypeOf<ArgumentException>());
    }

    // s + n is the same scalar with another encoding: a proof would have two forms. s below 2^256 − n makes it fit, which only a made-up
    // s does.
    [Test]
    public void A_response_beyond_the_order_is_refused()
    {
        byte[] proof = BytesOf("pi");
        Secp256k1.Order.WriteBigEndian(proof.AsSpan(49));
        Assert.That(Vrf.TryVerify(BytesOf("public"), BytesOf("alpha"), proof, out _), Is.False);
        UInt256.MaxValue.WriteBigEndian(proof.AsSpan(49));
        Assert.That(Vrf.TryVerify(BytesOf("public"), BytesOf("alpha"), proof, out _), Is.False);
        proof.AsSpan(33).Clear();
        Assert.That(Vrf.TryVerify(BytesOf("public"), BytesOf("alpha"), proof, out _), Is.False, "c = s = 0");
    }

    private static byte[] BytesOf(string property) => Hex.Decode(Known.GetProperty(property).GetString()!);
}
