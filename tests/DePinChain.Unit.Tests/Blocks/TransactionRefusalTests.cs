using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Blocks;

/// <summary>Each refusal of the codec is hit exactly, with the wording that wallets match.</summary>
public sealed class TransactionRefusalTests
{
    private static readonly UnsignedTransaction Sample = new()
    {
        ChainId = 1_337_000,
        Nonce = 3,
        MaxFeePerGas = 2_000_000_000,
        MaxPriorityFeePerGas = 1_000_000,
        GasLimit = 21_000,
        To = Address.FromLow(0xbeef),
        Value = 7,
    };

    [TestCase((byte)3)]
    [TestCase((byte)4)]
    [TestCase((byte)0)]
    [TestCase((byte)0x7e)]
    public void Other_types_are_not_supported(byte type)
    {
        byte[] raw = TransactionCodec.Sign(Sample, Keys.Example).Raw.ToArray();
        raw[0] = type;
        Refused(raw, Rejections.TransactionTypeNotSupported, "transaction type not supported");
    }

    [Test]
    public void Contract_creation_is_not_supported([Values] TransactionType type) =>
        Refused(
            Signed(Sample with { To = null, Type = type }), Rejections.ContractCreationNotSupported, "contract creation is not supported");

    [TestCase(27)]
    [TestCase(28)]
    public void A_signature_without_chain_id_is_not_protected(int v) =>
        Refused(Legacy(v, 1, 1), Rejections.TransactionNotProtected, "only replay-protected (EIP-155) transactions allowed over RPC");

    [Test]
    public void An_unsigned_transaction_is_refused_even_in_the_form_of_the_system_transaction()
    {
        Refused(Legacy(0, 0, 0), Rejections.TransactionUnsigned, "invalid transaction v, r, s values");
        Refused(SystemTransaction.Create(1_337_000, 5, Hash256.Zero).Raw.ToArray(), Rejections.TransactionUnsigned, "not signed");
        Refused(WithSignature(0, UInt256.Zero, UInt256.Zero), Rejections.TransactionUnsigned, "not signed");
    }

    [TestCase(1)]
    [TestCase(26)]
    [TestCase(29)]
    [TestCase(34)]
    public void An_odd_v_is_refused(int v) => Refused(Legacy(v, 1, 1), Rejections.InvalidSignature, "invalid transaction v, r, s values");

    [Test]
    public void A_parity_above_one_is_refused() =>
        Refused(WithSignature(2, 1, 1), Rejections.InvalidSignature, "invalid transaction v, r, s values");

    [Test]
    public void The_upper_half_of_s_is_refused()
    {
        // SEC 2, 2.4.1: n/2 of secp256k1, rounded down.
        var half = UInt256.Parse("0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");
        Assert.That(TransactionCodec.TryDecode(WithSignature(0, 1, half), out _, out _), Is.True);
        Refused(WithSignature(0, 1, half + 1), Rejections.InvalidSignature, "invalid transaction v, r, s values");
    }

    [Test]
    public void R_outside_the_group_is_refused()
    {
        var order = UInt256.Parse("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
        Assert.That(TransactionCodec.TryDecode(WithSignature(0, order - 1, 1), out _, out _), Is.True);
        Refused(WithSignature(0, order, 1), Rejections.InvalidSignature, "invalid transaction v, r, s values");
        Refused(WithSignature(0, 0, 1), Rejections.InvalidSignature, "invalid transaction v, r, s values");
        Refused(WithSignature(1, 1, 0), Rejections.InvalidSignature, "invalid transaction v, r, s values");
    }

    [Test]
    public void A_signature_that_recovers_to_no_key_has_no_sender()
    {
        // x = 5 is not on the curve: 5^3 + 7 is no square modulo p.
        Assert.That(TransactionCodec.TryDecode(WithSignature(0, 5, 1), out Transaction? transaction, out _), Is.True);
        Assert.That(SenderRecovery.TryRecover(transaction!, out SignedTransaction? _, out Rejection? rejection), Is.False);
        Assert.That(rejection, Is.EqualTo(Rejections.InvalidSender));
    }

    [Test]
    public void Bytes_behind_the_transaction_are_refused([Values] TransactionType type) =>
        Refused(
            [.. Signed(Sample with { Type = type }), 0], Rejections.TransactionTrailingBytes, "rlp: input contains more than one value");

    [Test]
    public void A_transaction_beyond_128_KiB_is_refused()
    {
        int overhead = Signed(Sample with { Data = new byte[100_000] }).Length - 100_000;
        Assert.That(TransactionCodec.TryDecode(Signed(Sample with { Data = new byte[131_072 - overhead] }), out _, out _), Is.True);
        Refused(Signed(Sample with { Data = new byte[131_073 - overhead] }), Rejections.TransactionTooLarge,
            "oversized data: transaction size 131073, limit 131072");
    }

    [Test]
    public void Garbage_is_malformed()
    {
        Refused([], Rejections.TransactionMalformed, "rlp");
        Refused([0x80], Rejections.TransactionMalformed, "rlp");
        Refused([0x02], Rejections.TransactionMalformed, "rlp");
        Refused([0x02, 0xc0], Rejections.TransactionMalformed, "too few elements");
        Refused([0xc1, 0x80], Rejections.TransactionMalformed, "too few elements");
        byte[] valid = Signed(Sample);
        for (int length = 0; length < valid.Length; length++)
            Assert.That(TransactionCodec.TryDecode(valid.AsMemory(0, length), out _, out _), Is.False, $"{length} bytes");
    }

    private static byte[] Signed(UnsignedTransaction fields) => TransactionCodec.Sign(fields, Keys.Example).Raw.ToArray();

    private static byte[] WithSignature(byte yParity, UInt256 r, UInt256 s) =>
        TransactionCodec.Encode(Sample, new Signature(r.ToHash256(), s.ToHash256(), yParity));

    private static byte[] Legacy(int v, int r, int s)
    {
        var writer = new RlpWriter();
        int list = writer.BeginList();
        writer.Write(3UL);
        writer.Write(2_000_000_000UL);
        writer.Write(21_000UL);
        writer.Write(Address.FromLow(0xbeef));
        writer.Write(7UL);
        writer.Write(ReadOnlySpan<byte>.Empty);
        writer.Write((ulong)v);
        writer.Write((ulong)r);
        writer.Write((ulong)s);
        writer.EndList(list);
        return writer.ToArray();
    }

    private static void Refused(byte[] raw, Rejection rule, string wording)
    {
        Assert.That(TransactionCodec.TryDecode(raw, out Transaction? transaction, out Rejection? rejection), Is.False);
        Assert.That(transaction, Is.Null);
        Assert.That((rejection!.Code, rejection.Name), Is.EqualTo((rule.Code, rule.Name)), rejection.Message);
        Assert.That(rejection.Message, Does.Contain(wording));
    }
}
