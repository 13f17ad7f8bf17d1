using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Engine;

public sealed class SignerGuardTests
{
    private const ulong ChainId = 1337000;
    private const string MarkFile = "signer.mark";

    private static readonly Hash256 First = Keccak256.Hash("first"u8);
    private static readonly Hash256 Second = Keccak256.Hash("second"u8);

    private readonly PrivateKey _key = PrivateKey.Parse("0x0101010101010101010101010101010101010101010101010101010101010101");

    [OneTimeTearDown]
    public void WipeKey() => _key.Dispose();

    [Test]
    public void A_missing_mark_is_refused_where_a_key_is()
    {
        RefusalException refusal = Assert.Throws<RefusalException>(() => Open(new MemoryFolder(), initialize: false))!;
        Assert.That(refusal.Code, Is.EqualTo(ExitCode.RefusedForSafety));
        Assert.That(refusal.Message, Does.Contain("--init-signer"));
    }

    [Test]
    public void An_initialized_mark_needs_no_flag_afterwards()
    {
        MemoryFolder folder = new();
        Open(folder, initialize: true).Dispose();
        using SignerGuard again = Open(folder.AfterPowerLoss(), initialize: false);
        Assert.That(again.Mark.Slot.Height, Is.Zero);
    }

    [Test]
    public void The_signature_is_the_keys()
    {
        using SignerGuard guard = Open(new MemoryFolder(), initialize: true);
        Assert.That(guard.TrySign(Slot(3, 0, SigningStep.Prevote), First, out Signature signature), Is.True);
        Assert.That(signature.TryRecover(First, out Address signer), Is.True);
        Assert.That(signer, Is.EqualTo(_key.Address));
    }

    [Test]
    public void The_same_slot_and_digest_give_the_stored_signature()
    {
        MemoryFolder folder = new();
        SignerGuard guard = Open(folder, initialize: true);
        guard.TrySign(Slot(3, 1, SigningStep.Prevote), First, out Signature before);

        SignerGuard restarted = SignerGuard.Open(
            folder.AfterPowerLoss(),
            ChainId,
            _ => throw new AssertionException("must not sign again"),
            false);
        Assert.That(restarted.TrySign(Slot(3, 1, SigningStep.Prevote), First, out Signature after), Is.True);
        Assert.That(after, Is.EqualTo(before));
    }

    [Test]
    public void The_same_slot_with_another_digest_is_refused()
    {
        using SignerGuard guard = Open(new MemoryFolder(), initialize: true);
        guard.TrySign(Slot(3, 1, SigningStep.Precommit), First, out _);
        Assert.That(guard.TrySign(Slot(3, 1, SigningStep.Precommit), Second, out _), Is.False);
    }

    [TestCase(2ul, 9u, SigningStep.Precommit, TestName = "A_lower_height_is_refused")]
    [TestCase(3ul, 0u, SigningStep.Precommit, TestName = "A_lower_round_is_refused")]
    [TestCase(3ul, 1u, SigningStep.Propose, TestName = "An_earlier_step_is_refused")]
    public void Below_the_mark_nothing_is_signed(ulong height, uint round, SigningStep step)
    {
        using SignerGuard guard = Open(new MemoryFolder(), initialize: true);
        guard.TrySign(Slot(3, 1, SigningStep.Prevote), First, out _);
        Assert.That(guard.TrySign(Slot(height, round, step), First, out _), Is.False);
    }

    [TestCase(4ul, 0u, SigningStep.Propose, TestName = "A_higher_height_is_signed")]
    [TestCase(3ul, 2u, SigningStep.Propose, TestName = "A_higher_round_is_signed")]
    [TestCase(3ul, 1u, SigningStep.Precommit, TestName = "A_later_step_is_signed")]
    public void Above_the_mark_everything_is_signed(ulong height, uint round, SigningStep step)
    {
        using SignerGuard guard = Open(new MemoryFolder(), initialize: true);
        guard.TrySign(Slot(3, 1, SigningStep.Prevote), First, out _);
        Assert.That(guard.TrySign(Slot(height, round, step), Second, out _), Is.True);
    }

    [Test]
    public void A_power_loss_at_any_step_never_lets_a_released_signature_be_contradicted()
    {
        // Aim: write temp, sync, rename, sync folder before the signature leaves. Method: cut the power before every step of
        // the second signature; after the restart try to sign the other digest in the same slot.
        SigningSlot slot = Slot(4, 0, SigningStep.Prevote);
        int refusedSomewhere = 0;
        for (int cut = 0; cut < 8; cut++)
        {
            MemoryFolder folder = new();
            SignerGuard guard = Open(folder, initialize: true);
            guard.TrySign(Slot(3, 0, SigningStep.Precommit), First, out _);
            folder.PowerLossAtStep = folder.Steps + cut;
            bool isReleased = false;
            try
            {
                isReleased = guard.TrySign(slot, First, out _);
            }
            catch (PowerLossException)
            {
                // The signature did not leave.
            }

            SignerGuard restarted = Open(folder.AfterPowerLoss(), initialize: false);
            Assert.That(
                restarted.Mark.Slot,
                Is.GreaterThanOrEqualTo(Slot(3, 0, SigningStep.Precommit)),
                $"cut {cut}: the older mark is kept");
            bool isContradicted = restarted.TrySign(slot, Second, out _);
            if (isReleased) Assert.That(isContradicted, Is.False, $"cut {cut}: a released signature binds");
            if (!isContradicted) refusedSomewhere++;
        }

        Assert.That(refusedSomewhere, Is.GreaterThan(0), "the cuts reach past the release");
    }

    [Test]
    public void A_flipped_bit_in_one_copy_is_healed_by_the_other()
    {
        byte[] content = MarkAfterSigning();
        for (int bit = 0; bit < content.Length * 8; bit += 13)
        {
            byte[] flipped = [.. content];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            MemoryFolder folder = new();
            folder.Overwrite(MarkFile, flipped);
            using SignerGuard guard = Open(folder, initialize: false);
            Assert.That(guard.Mark.Slot, Is.EqualTo(Slot(7, 2, SigningStep.Prevote)), $"bit {bit}");
        }
    }

    [Test]
    public void Two_damaged_copies_are_refused_even_when_initializing()
    {
        byte[] content = MarkAfterSigning();
        content[10] ^= 1;
        content[4096 + 10] ^= 1;
        MemoryFolder folder = new();
        folder.Overwrite(MarkFile, content);
        RefusalException refusal = Assert.Throws<RefusalException>(() => Open(folder, initialize: true))!;
        Assert.That(refusal.Code, Is.EqualTo(ExitCode.RefusedForSafety));
    }

    [Test]
    public void The_higher_of_two_copies_counts()
    {
        MemoryFolder folder = new();
        SignerGuard guard = Open(folder, initialize: true);
        guard.TrySign(Slot(7, 2, SigningStep.Prevote), First, out _);
        byte[] older = folder.Read(MarkFile)!;
        guard.TrySign(Slot(8, 0, SigningStep.Prevote), First, out _);
        byte[] newer = folder.Read(MarkFile)!;
        byte[] mixed = [.. older.AsSpan(0, 4096), .. newer.AsSpan(4096)];

        Assert.That(SignerMark.Decode(mixed)!.Slot.Height, Is.EqualTo(8));
    }

    [Test]
    public void A_mark_of_another_chain_is_refused()
    {
        MemoryFolder folder = new();
        Open(folder, initialize: true).Dispose();
        RefusalException refusal = Assert.Throws<RefusalException>(
            () => SignerGuard.Open(folder, ChainId + 1, digest => _key.Sign(digest), false))!;
        Assert.That(refusal.Message, Does.Contain("1337000").And.Contain("1337001"));
    }

    [Test]
    public void A_second_process_is_refused_until_the_first_lets_go()
    {
        MemoryFolder folder = new();
        SignerGuard guard = Open(folder, initialize: true);
        Assert.Throws<RefusalException>(() => Open(folder, initialize: false));
        guard.Dispose();
        Assert.DoesNotThrow(() => Open(folder, initialize: false));
    }

    private byte[] MarkAfterSigning()
    {
        MemoryFolder folder = new();
        using SignerGuard guard = Open(folder, initialize: true);
        guard.TrySign(Slot(7, 2, SigningStep.Prevote), First, out _);
        return folder.Read(MarkFile)!;
    }

    private SignerGuard Open(MemoryFolder folder, bool initialize) =>
        SignerGuard.Open(folder, ChainId, digest => _key.Sign(digest), initialize);

    private static SigningSlot Slot(ulong height, uint round, SigningStep step) => new(height, round, step);
}
