using DePinChain.Database;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Unit.Tests.State;

/// <summary>A body is kept while a live leaf or a retained block names it, and not longer.</summary>
public sealed class BlobTests
{
    private static readonly byte[] Body = [.. Enumerable.Repeat((byte)9, 10_000)];
    private static readonly Hash256 BodyHash = Keccak256.Hash(Body);

    private StateHarness _state = null!;

    [SetUp]
    public void Open()
    {
        _state = new StateHarness(new MemoryDatabase(), new StateOptions { HistoryBlocks = 5, ProofBlocks = 5, Threads = 1 });
        _state.Commit(overlay => overlay.SetBalance(StateHarness.Account(0), 1));
    }

    [TearDown]
    public void Close() => _state.Dispose();

    [Test]
    public void A_released_body_stays_for_as_long_as_the_past_shows_it()
    {
        _state.Commit(overlay => overlay.PutBlob(BodyHash, Body));
        _state.Commit(overlay => overlay.ReleaseBlob(BodyHash));

        // Released at height 2; with 5 blocks of history height 1, which shows it, can be read until height 6.
        for (ulong height = 3; height <= 6; height++)
        {
            Assert.That(_state.Tree.At(1)!.FindBlob(BodyHash), Is.EqualTo(Body));
            Idle();
        }

        Assert.That(_state.Tree.At(1)!.FindBlob(BodyHash), Is.EqualTo(Body), $"first height {_state.Tree.FirstHeight}");
        Idle();
        Assert.That(_state.Tree.FirstHeight, Is.EqualTo(2));
        Assert.That(Find(), Is.Null);
        Assert.That(_state.Rows(Table.BlobCount), Is.Empty);
    }

    [Test]
    public void Each_put_needs_its_release()
    {
        _state.Commit(overlay =>
        {
            overlay.PutBlob(BodyHash, Body);
            overlay.PutBlob(BodyHash, Body);
        });
        _state.Commit(overlay => overlay.ReleaseBlob(BodyHash));
        Idle(blocks: 20);
        Assert.That(Find(), Is.EqualTo(Body));

        _state.Commit(overlay => overlay.ReleaseBlob(BodyHash));
        Idle(blocks: 20);
        Assert.That(Find(), Is.Null);
    }

    [Test]
    public void A_body_put_again_before_it_is_forgotten_stays()
    {
        _state.Commit(overlay => overlay.PutBlob(BodyHash, Body));
        _state.Commit(overlay => overlay.ReleaseBlob(BodyHash));
        Idle(blocks: 2);
        _state.Commit(overlay => overlay.PutBlob(BodyHash, Body));
        Idle(blocks: 20);

        Assert.That(Find(), Is.EqualTo(Body));
    }

    [Test]
    public void A_body_put_again_in_the_very_block_that_forgets_it_stays()
    {
        _state.Commit(overlay => overlay.PutBlob(BodyHash, Body));
        _state.Commit(overlay => overlay.ReleaseBlob(BodyHash));
        Idle(blocks: 4);
        Assert.That(_state.Tree.Height, Is.EqualTo(6));
        _state.Commit(overlay => overlay.PutBlob(BodyHash, Body));
        Assert.That(_state.Tree.FirstHeight, Is.EqualTo(2), "this block forgot height 1");
        Idle(blocks: 20);

        Assert.That(Find(), Is.EqualTo(Body));
        _state.Commit(overlay => overlay.ReleaseBlob(BodyHash));
        Idle(blocks: 20);
        Assert.That(Find(), Is.Null);
    }

    [Test]
    public void A_body_put_and_released_in_one_block_was_never_there()
    {
        _state.Commit(overlay =>
        {
            overlay.PutBlob(BodyHash, Body);
            overlay.ReleaseBlob(BodyHash);
        });

        Assert.That(Find(), Is.Null);
        Assert.That(_state.Rows(Table.BlobCount), Is.Empty);
    }

    [Test]
    public void Releasing_what_nobody_put_is_our_own_error()
    {
        Assert.That(() => _state.Seal(overlay => overlay.ReleaseBlob(BodyHash)), Throws.TypeOf<InvariantBrokenException>());
    }

    private byte[]? Find()
    {
        using StateSnapshot latest = _state.Tree.Latest();
        return latest.FindBlob(BodyHash);
    }

    private void Idle(int blocks = 1)
    {
        for (int i = 0; i < blocks; i++)
        {
            _state.Commit(_ => { });
        }
    }
}
