using DePinChain.Engine;
using DePinChain.Network;
using DePinChain.Node;

namespace DePinChain.Unit.Tests.Engine;

/// <summary>A second machine with a validator's key and mark: it listens before it votes, and stops when it hears the first.</summary>
public sealed class TwinTests
{
    private NodeCluster _cluster = null!;
    private ValidatorNode? _twin;
    private MemoryFolder _folder = new();
    private SigningSlot _mark;
    private List<HostReport> _reports = [];

    [SetUp]
    public void Start()
    {
        _reports = [];
        _cluster = new NodeCluster(validators: 4);
        _cluster.RunToHeight(130); // the genesis is old by now
        _cluster.Kill(3);
        _cluster.RunToHeight(140); // and so are its last signatures, though not so old that it has lost its seat
    }

    [TearDown]
    public void Stop()
    {
        _twin?.Dispose();
        _cluster.Dispose();
    }

    [Test]
    public void A_key_that_starts_on_a_new_machine_votes_after_two_heights()
    {
        StartTwin();
        RunUntil(() => _twin!.Chain.Head.Number >= 140);
        Assert.That(_reports.OfType<HostReport.Listening>().Count(), Is.EqualTo(1), "it says so once");
        Assert.That(_twin!.Host.SignerMark!.Slot, Is.EqualTo(_mark), "what it takes over says nothing of who signs now");
        RunUntil(() => _twin.Host.SignerMark!.Slot > _mark);
        Assert.That(_twin.Host.SignerMark!.Slot.Height, Is.GreaterThanOrEqualTo(143), "141 and 142 are listened to");
    }

    [Test]
    public void Who_hears_the_other_machine_meanwhile_never_votes()
    {
        StartTwin();
        RunUntil(() => _twin!.Chain.Head.Number >= 140);
        _cluster.Start(3);
        RefusalException refusal = Assert.Throws<RefusalException>(() => RunUntil(() => _cluster.Heights.Min() > 160))!;
        Assert.That(refusal.Code, Is.EqualTo(ExitCode.RefusedForSafety));
        Assert.That(refusal.Message, Does.Contain("another machine signs with the same key"));
        Assert.That(_twin!.Host.SignerMark!.Slot, Is.EqualTo(_mark));
    }

    [Test]
    public void A_network_that_stands_still_is_not_waited_for_longer_than_half_a_minute()
    {
        // Two of four are gone, so nothing is decided until the newcomer votes.
        StartTwin();
        RunUntil(() => _twin!.Chain.Head.Number >= 140);
        _cluster.Kill(2);
        ulong halted = _cluster.Heights.Max();
        long before = _cluster.Time.NowMs;
        RunUntil(() => _cluster.Heights.Max() > halted + 2);
        Assert.That(_cluster.Time.NowMs - before, Is.LessThan(60_000));
        Assert.That(_twin!.Host.SignerMark!.Slot.Height, Is.GreaterThan(halted));
    }

    [Test]
    public void A_node_that_ran_here_before_does_not_listen_again()
    {
        StartTwin();
        RunUntil(() => _twin!.Host.SignerMark!.Slot > _mark);
        _twin!.Dispose();
        _reports.Clear();
        StartTwin(_folder.AfterKill());
        RunUntil(() => _twin.Host.SignerMark!.Slot.Height > _mark.Height + 3);
        Assert.That(_reports.OfType<HostReport.Listening>(), Is.Empty);
    }

    private void StartTwin()
    {
        MemoryFolder folder = new();
        folder.Overwrite("signer.mark", _cluster.Members[3].Folder.Read("signer.mark"));
        StartTwin(folder);
    }

    private void StartTwin(MemoryFolder folder)
    {
        _folder = folder;
        InMemoryTransport transport = _cluster.JoinAsStranger("twin");
        Seams seams = new(folder, new KeptDatabase(), transport, _cluster.Clock, _cluster.Pacing);
        NodeRole role = new("twin", LocalnetKeys.Signing(3), LocalnetKeys.Vrf(3), BeginsMark: false, TakesTransactions: false)
        {
            WatchesForTwin = true,
        };
        _twin = NodeComposition.Compose(_cluster.Genesis, role, seams);
        _mark = _twin.Host.SignerMark!.Slot;
        _twin.Host.Reported += _reports.Add;
        _twin.Join();
        _twin.Host.Start();
    }

    private void RunUntil(Func<bool> holds) => _cluster.RunUntil(
        () =>
        {
            _twin!.HandleWaiting(); // started by every test
            return holds();
        },
        "what the test waits for");
}
