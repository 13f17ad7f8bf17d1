using System.Net.Sockets;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Execution;
using DePinChain.Primitives;
using DePinChain.Signer;

namespace DePinChain.Unit.Tests.Engine;

/// <summary>A node and the process that holds its keys, over a real socket.</summary>
public sealed class RemoteSignerTests
{
    private const ulong ChainId = 1_337_000;
    private static readonly Hash256 One = Keccak256.Hash("one"u8);
    private static readonly Hash256 Other = Keccak256.Hash("other"u8);

    private string _folder = "";
    private PrivateKey _key = null!;
    private PrivateKey _vrf = null!;
    private CancellationTokenSource _stopping = null!;
    private Task _serving = Task.CompletedTask;

    private string SocketPath => Path.Combine(_folder, "signer.sock");

    [SetUp]
    public void Begin()
    {
        _folder = Directory.CreateTempSubdirectory("depin-signer-").FullName;
        (_key, _vrf) = (PrivateKey.Generate(), PrivateKey.Generate());
        new SignerMarkFile(new DiskFolder(_folder)).Write(SignerMark.Nothing(ChainId));
        StartSigner();
    }

    [TearDown]
    public async Task End()
    {
        await StopSignerAsync();
        _key.Dispose();
        _vrf.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void What_the_other_process_signs_is_what_this_one_would_have_signed()
    {
        using RemoteSigner signer = RemoteSigner.Connect(SocketPath, ChainId);
        Assert.That(signer.Address, Is.EqualTo(_key.Address));
        Vote vote = signer.Sign(VoteKind.Precommit, 7, 1, -1, One)!;
        Assert.That(vote.TryRecoverSigner(ChainId, out Address voter), Is.True);
        Assert.That(voter, Is.EqualTo(_key.Address));
        Proposal proposal = signer.Sign(8, 0, -1, One)!;
        Assert.That(proposal.Seal, Is.EqualTo(_key.Sign(ConsensusSignBytes.OfProposal(ChainId, 8, 0, -1, One))));
        Assert.That(signer.Mark.Slot, Is.EqualTo(new SigningSlot(8, 0, SigningStep.Propose)));
        byte[] proof = signer.Prove(9, Other);
        Assert.That(Beacon.TryMix(_vrf.PublicKeyCompressed, ChainId, 9, Other, proof, out _), Is.True);
    }

    [Test]
    public void The_mark_is_kept_over_there_whoever_asks()
    {
        using (RemoteSigner first = RemoteSigner.Connect(SocketPath, ChainId))
        {
            Assert.That(first.Sign(VoteKind.Prevote, 7, 0, -1, One), Is.Not.Null);
            Assert.That(first.Sign(VoteKind.Prevote, 7, 0, -1, One), Is.Not.Null, "the same again gives the same");
            Assert.That(first.Sign(VoteKind.Prevote, 7, 0, -1, Other), Is.Null);
            Assert.That((first.RefusalCount, first.Trouble), Is.EqualTo((1L, (string?)null)));
        }

        using RemoteSigner second = ConnectSoon();
        Assert.That(second.Mark.Slot, Is.EqualTo(new SigningSlot(7, 0, SigningStep.Prevote)));
        Assert.That(second.Sign(VoteKind.Prevote, 6, 0, -1, Other), Is.Null);
    }

    [Test]
    public void A_second_node_is_turned_away_while_the_first_is_connected()
    {
        using RemoteSigner first = RemoteSigner.Connect(SocketPath, ChainId);
        RefusalException refusal = Assert.Throws<RefusalException>(() => RemoteSigner.Connect(SocketPath, ChainId))!;
        Assert.That(refusal.Message, Does.Contain("another node is connected"));
        Assert.That(first.Sign(VoteKind.Prevote, 7, 0, -1, One), Is.Not.Null);
    }

    [Test]
    public async Task The_node_goes_on_without_a_vote_until_the_signer_is_back()
    {
        using RemoteSigner signer = RemoteSigner.Connect(SocketPath, ChainId);
        Assert.That(signer.Sign(VoteKind.Prevote, 7, 0, -1, One), Is.Not.Null);
        signer.Dispose();
        await StopSignerAsync();
        Assert.That(signer.Sign(VoteKind.Prevote, 8, 0, -1, One), Is.Null);
        Assert.That(signer.Trouble, Is.Not.Null);
        Assert.That(() => signer.Prove(8, One), Throws.InstanceOf<SignerUnreachableException>());
        StartSigner();
        Assert.That(signer.Sign(VoteKind.Prevote, 9, 0, -1, One), Is.Not.Null);
        Assert.That(signer.Mark.Slot.Height, Is.EqualTo(9));
    }

    [Test]
    public async Task A_signer_that_comes_back_with_another_key_is_not_used()
    {
        using RemoteSigner signer = RemoteSigner.Connect(SocketPath, ChainId);
        signer.Dispose();
        await StopSignerAsync();
        _key.Dispose();
        _key = PrivateKey.Generate();
        StartSigner();
        Assert.That(signer.Sign(VoteKind.Prevote, 9, 0, -1, One), Is.Null);
        Assert.That(signer.Trouble, Does.Contain("the node was started with"));
    }

    [Test]
    public void A_signer_of_another_chain_and_an_absent_one_are_refused_at_the_start()
    {
        Assert.That(
            () => RemoteSigner.Connect(SocketPath, ChainId + 1),
            Throws.InstanceOf<RefusalException>().With.Message.Contains("chain 1337000"));
        Assert.That(
            () => RemoteSigner.Connect(SocketPath + "x", ChainId),
            Throws.InstanceOf<RefusalException>().With.Property(nameof(RefusalException.Code)).EqualTo(ExitCode.Unreachable));
    }

    [Test]
    public void Only_its_owner_may_open_the_socket() => Assert.That(IsOwnersOnly(), Is.True);

    [TestCase("c0", TestName = "An_empty_list_is_answered_with_a_fault")]
    [TestCase("c105", TestName = "An_unknown_question_is_answered_with_a_fault")]
    [TestCase("ffffffff", TestName = "Noise_is_answered_with_a_fault")]
    public void Wrong_questions_are_answered_with_a_fault(string frame)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(SocketPath));
        using NetworkStream stream = new(socket);
        SignerFrames.Write(stream, Convert.FromHexString(frame));
        Assert.That(SignerAnswer.Decode(SignerFrames.Read(stream)!).Outcome, Is.EqualTo(SignerOutcome.Faulty));
        SignerFrames.Write(stream, new SignerQuestion.Introduce().Encode());
        Assert.That(SignerAnswer.Decode(SignerFrames.Read(stream)!).Content, Is.EqualTo(_key.Address.ToArray()), "it still serves");
    }

    [Test]
    public void A_height_of_zero_is_no_question() => Assert.That(
        () => SignerQuestion.Decode(new SignerQuestion.SignVote(VoteKind.Prevote, 0, 0, -1, One).Encode()),
        Throws.InstanceOf<RlpException>());

    private void StartSigner()
    {
        _stopping = new CancellationTokenSource();
        SignerGuard guard = SignerGuard.Open(new DiskFolder(_folder), ChainId, digest => _key.Sign(digest), initialize: false);
        ValidatorSigner signer = new(ChainId, _key.Address, guard, PrivateKey.FromBytes(_vrf.ToArray()));
        _serving = Task.Run(async () =>
        {
            using (signer) await SignerService.RunAsync(signer, SocketPath, TextWriter.Null, _stopping.Token);
        });
        SpinWait.SpinUntil(() => File.Exists(SocketPath) && IsOwnersOnly(), 10_000);
    }

    private bool IsOwnersOnly() =>
        OperatingSystem.IsWindows() || File.GetUnixFileMode(SocketPath) == (UnixFileMode.UserRead | UnixFileMode.UserWrite);

    private async Task StopSignerAsync()
    {
        await _stopping.CancelAsync();
        await _serving;
        _stopping.Dispose();
    }

    // The other side notices a moment later that the first node has hung up.
    private RemoteSigner ConnectSoon()
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return RemoteSigner.Connect(SocketPath, ChainId);
            }
            catch (RefusalException) when (attempt < 1_000)
            {
                Thread.Sleep(5);
            }
        }
    }
}
