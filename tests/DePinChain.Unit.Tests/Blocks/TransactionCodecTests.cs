using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Primitives;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.Blocks;

public sealed class TransactionCodecTests
{
    [TestCase(TransactionType.Legacy)]
    [TestCase(TransactionType.AccessList)]
    [TestCase(TransactionType.DynamicFee)]
    public void Hash_sender_and_fields_are_geths(TransactionType type)
    {
        JsonElement answer = GethAnswers.All.GetProperty("transactions").EnumerateArray()
            .Append(GethAnswers.All.GetProperty("blocks")[1].GetProperty("transactions")[0])
            .Single(t => GethAnswers.Fields(t).Type == type);
        byte[] raw = GethAnswers.Raw(answer);
        Assert.That(TransactionCodec.TryDecode(raw, out Transaction? transaction, out Rejection? rejection), Is.True, rejection?.Message);
        Assert.That(transaction!.Hash, Is.EqualTo(GethAnswers.Hash(answer, "hash")));
        Assert.That(SenderRecovery.TryRecover(transaction, out Address sender), Is.True);
        Assert.That(sender, Is.EqualTo(Address.Parse(GethAnswers.Text(answer, "from"))));
        Assert.That(transaction.V, Is.EqualTo(UInt256.Parse(GethAnswers.Text(answer, "v"))));
        Assert.That(transaction.Data.ToArray(), Is.EqualTo(Hex.Decode(GethAnswers.Text(answer, "input"))));
        Assert.That(transaction.Raw.ToArray(), Is.EqualTo(raw));
    }

    [Test]
    public void The_example_of_EIP_155_signs_to_its_bytes()
    {
        // EIP-155, "Example": nonce 9, 20 gwei, 21000 gas, 1 ether to 0x3535…35, chain 1, key 0x4646…46.
        var fields = new UnsignedTransaction
        {
            Type = TransactionType.Legacy,
            ChainId = 1,
            Nonce = 9,
            MaxFeePerGas = 20_000_000_000,
            GasLimit = 21_000,
            To = Address.Parse("0x3535353535353535353535353535353535353535"),
            Value = 1_000_000_000_000_000_000,
        };
        Transaction signed = TransactionCodec.Sign(fields, Keys.Example);
        Assert.That(signed.SigningHash.ToString(), Is.EqualTo("0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"));
        Assert.That(Hex.Encode(signed.Raw.Span), Is.EqualTo(
            "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025"
            + "a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
            + "a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"));
    }

    [Test]
    public void Signed_transactions_of_every_type_decode_to_what_was_signed()
    {
        Prop.ForAll<(byte Type, ulong Nonce, ulong Fee, byte[] Data)>(sample =>
        {
            Transaction signed = TransactionCodec.Sign(
                Sample() with
                {
                    Type = (TransactionType)(sample.Type % 3),
                    Nonce = sample.Nonce,
                    MaxFeePerGas = sample.Fee,
                    Data = sample.Data ?? [],
                    AccessList = sample.Type % 3 == 0 ? [] : [new AccessListEntry(Address.FromLow(sample.Nonce), [Keccak256.Empty])],
                },
                Keys.Example);
            return TransactionCodec.TryDecode(signed.Raw, out Transaction? decoded, out _)
                && decoded.Hash == signed.Hash
                && decoded.SigningHash == signed.SigningHash
                && (decoded.Type, decoded.ChainId, decoded.Nonce) == (signed.Type, signed.ChainId, signed.Nonce)
                && (decoded.MaxFeePerGas, decoded.MaxPriorityFeePerGas) == (signed.MaxFeePerGas, signed.MaxPriorityFeePerGas)
                && decoded.AccessList.Count == signed.AccessList.Count
                && SenderRecovery.TryRecover(decoded, out Address sender) && sender == Keys.Example.Address;
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void No_flipped_byte_leaves_the_sender_and_the_hash()
    {
        Transaction signed = TransactionCodec.Sign(Sample(), Keys.Example);
        for (int i = 0; i < signed.Size; i++)
        {
            byte[] changed = signed.Raw.ToArray();
            changed[i] ^= 0x01;
            if (!TransactionCodec.TryDecode(changed, out Transaction? decoded, out _)) continue;
            Assert.That(decoded.Hash, Is.Not.EqualTo(signed.Hash));
            if (SenderRecovery.TryRecover(decoded, out Address sender))
                Assert.That(sender, Is.Not.EqualTo(Keys.Example.Address), $"byte {i}");
        }
    }

    [Test]
    public void An_effective_price_is_the_smaller_of_cap_and_base_fee_plus_tip()
    {
        Transaction signed = TransactionCodec.Sign(Sample() with { MaxFeePerGas = 100, MaxPriorityFeePerGas = 10 }, Keys.Example);
        Assert.That(signed.EffectiveGasPrice(50), Is.EqualTo((UInt256)60));
        Assert.That(signed.EffectiveGasPrice(95), Is.EqualTo((UInt256)100));
        Assert.That(signed.EffectiveGasPrice(UInt256.MaxValue), Is.EqualTo((UInt256)100), "the sum saturates");
    }

    [Test]
    public void The_system_transaction_has_the_nine_items_of_the_specification()
    {
        // [height, 0, 0, 0x…1000, 0, systemBegin(chainId, height, parentHash), "", "", ""].
        Transaction system = SystemTransaction.Create(1_337_000, 5, Keccak256.Empty);
        string data = Hex.Encode(Keccak256.Hash("systemBegin(uint256,uint64,bytes32)"u8).ToArray().AsSpan(0, 4), prefix: false)
            + $"{1_337_000:x64}" + $"{5:x64}" + Keccak256.Empty.ToString()[2..];
        // 3 + 21 + 1 + (2 + 100) + 3 = 130 = 0x82 bytes of payload.
        string expected = "0xf882" + "058080" + "940000000000000000000000000000000000001000" + "80" + "b864" + data + "808080";
        Assert.That(Hex.Encode(system.Raw.Span), Is.EqualTo(expected));
        Assert.That(system.IsSystem, Is.True);
        Assert.That(system.EffectiveGasPrice(1_000_000_000), Is.EqualTo(UInt256.Zero));
        Assert.That(SenderRecovery.TryRecover(system, out Address _), Is.False);
    }

    private static UnsignedTransaction Sample() => new()
    {
        ChainId = 1_337_000,
        Nonce = 3,
        MaxFeePerGas = 2_000_000_000,
        MaxPriorityFeePerGas = 1_000_000,
        GasLimit = 21_000,
        To = Address.FromLow(0xbeef),
        Value = 7,
    };
}
