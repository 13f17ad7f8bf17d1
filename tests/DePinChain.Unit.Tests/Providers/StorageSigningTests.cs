using DePinChain.Client.Files;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Providers;

/// <summary>Vouchers as they travel: who signed them is found again, and nothing else passes.</summary>
public sealed class StorageSigningTests
{
    private const ulong Chain = 1_337_000;
    private static readonly Address Channels = Address.FromLow(0x1103);
    private readonly PrivateKey _payer = PrivateKey.Parse($"0x{9:x64}");

    [OneTimeTearDown]
    public void Wipe() => _payer.Dispose();

    [Test]
    public void A_voucher_comes_through_a_header_with_its_signer()
    {
        VoucherNote note = VoucherNote.Sign(_payer, Chain, Channels, channel: 3, lane: 1, nonce: 4, amount: 5_000);
        VoucherNote read = VoucherNote.FromHeader(note.ToHeader())!;
        Assert.That(read, Is.EqualTo(note));
        Assert.That(read.SignerOn(Chain, Channels), Is.EqualTo(_payer.Address));
    }

    [Test]
    public void Another_amount_chain_lane_or_channel_has_another_signer()
    {
        VoucherNote note = VoucherNote.Sign(_payer, Chain, Channels, channel: 3, lane: 1, nonce: 4, amount: 5_000);
        VoucherNote[] others = [note with { Amount = "5001" }, note with { Lane = 2 }, note with { Channel = 4 }, note with { Nonce = 5 }];
        using (Assert.EnterMultipleScope())
        {
            foreach (VoucherNote other in others) Assert.That(other.SignerOn(Chain, Channels), Is.Not.EqualTo(_payer.Address));
            Assert.That(note.SignerOn(Chain + 1, Channels), Is.Not.EqualTo(_payer.Address));
        }
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("no base64!")]
    [TestCase("bnVsbA==")]
    [TestCase("e30=")]
    public void What_is_no_voucher_is_none(string? header) => Assert.That(VoucherNote.FromHeader(header), Is.Null);

    [Test]
    public void A_voucher_with_nonsense_inside_has_no_signer()
    {
        VoucherNote note = VoucherNote.Sign(_payer, Chain, Channels, 3, 1, 4, 5_000);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((note with { Amount = "-1" }).SignerOn(Chain, Channels), Is.Null);
            Assert.That((note with { Signature = "0x00" }).SignerOn(Chain, Channels), Is.Null);
            Assert.That((note with { Signature = "0x" + new string('f', 130) }).SignerOn(Chain, Channels), Is.Null);
            Assert.That(VoucherNote.FromHeader(new string('A', VoucherNote.TextMax + 1)), Is.Null);
        }
    }
}
