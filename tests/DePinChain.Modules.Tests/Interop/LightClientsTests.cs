using DePinChain.Blocks;
using DePinChain.LightClient;
using DePinChain.Modules.Interop;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests.Sdk;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Modules.Tests.Interop;

/// <summary>Headers of another network are believed by their seals alone, and its state is proven under them.</summary>
public sealed class LightClientsTests
{
    private const ulong Period = 3_600;
    private static readonly Address Alice = Stage.Alice;

    private InMemoryWorld _world = null!;
    private LightClientsModule _module = null!;
    private OtherNetwork _other = null!;
    private ulong _now;

    [SetUp]
    public void Start()
    {
        _world = new InMemoryWorld();
        Address address = LightClientsModule.Descriptor.Address;
        _module = new LightClientsModule(
            new ModuleState(address, _world), new Logs(address, _world));
        _other = new OtherNetwork();
        _now = OtherNetwork.TimeOf(100) + 5;
    }

    [TearDown]
    public void Stop()
    {
        Assert.That(_module.Violations(), Is.Empty);
        _other.Dispose();
    }

    [Test]
    public void A_header_is_believed_and_what_lies_under_it_is_proven()
    {
        ulong client = Created(_other.At(98));
        Send(LightClientsCalls.UpdateClient(client, _other.At(100).Encode()));
        Assert.That(_module.Client(client), Is.EqualTo(
            new ClientRecord(Alice, OtherNetwork.ChainId, Period, 100, OtherNetwork.TimeOf(100), 0)));
        Assert.That(_module.ConsensusAt(client, 100), Is.EqualTo(new ConsensusRecord(_other.Root, OtherNetwork.TimeOf(100))));

        AccountProof rich = _other.Prove(OtherNetwork.Rich);
        Assert.That(
            _module.ProveAccount(client, 100, OtherNetwork.Rich, rich.Nodes), Is.EqualTo((true, 0UL, Amount.FromDpn(7).ToUInt256())));
        Address nobody = Address.FromLow(0xdead);
        Assert.That(
            _module.ProveAccount(client, 100, nobody, _other.Prove(nobody).Nodes), Is.EqualTo((false, 0UL, UInt256.Zero)));
        Hash256 absent = Keccak256.Hash("deal 2"u8);
        AccountProof module = _other.Prove(OtherNetwork.Module, OtherNetwork.Location, absent);
        (bool exists, byte[] value) = _module.ProveRecord(
            client, 98, OtherNetwork.Module, OtherNetwork.Location, module.Nodes, module.Records[0].Nodes);
        Assert.That((exists, Hex.Encode(value)), Is.EqualTo((true, Hex.Encode(OtherNetwork.Record))));
        Assert.That(
            _module.ProveRecord(client, 98, OtherNetwork.Module, absent, module.Nodes, module.Records[1].Nodes).Exists, Is.False);
    }

    [Test]
    public void A_forged_proof_proves_nothing()
    {
        ulong client = Created(_other.At(99));
        AccountProof module = _other.Prove(OtherNetwork.Module, OtherNetwork.Location);
        byte[][] forged = [.. module.Nodes.Select(static node => (byte[])node.Clone())];
        forged[^1][^1] ^= 1;
        Refuses(() => _module.ProveAccount(client, 99, OtherNetwork.Module, forged), new InvalidProof());
        Refuses(() => _module.ProveAccount(client, 99, OtherNetwork.Module, []), new InvalidProof());
        Refuses(
            () => _module.ProveRecord(client, 99, OtherNetwork.Module, OtherNetwork.Location, module.Nodes, [[1, 2]]), new InvalidProof());
        Refuses(() => _module.ProveAccount(client, 98, OtherNetwork.Module, module.Nodes), new UnknownHeight(client, 98));
        Refuses(() => _module.ProveAccount(7, 98, OtherNetwork.Module, module.Nodes), new UnknownClient(7));
    }

    [Test]
    public void Headers_of_a_set_are_skipped_to_and_a_change_of_sets_is_followed()
    {
        ulong client = Created(_other.At(50));
        Send(LightClientsCalls.UpdateClient(client, _other.At(80).Encode()));
        Refuses(
            LightClientsCalls.UpdateClient(client, _other.At(90, generation: 1).Encode()),
            new HeaderRefused("of the validators trusted since height 80, power 0 of 40 signed height 90; more than 1/3 must"));
        LightBlock last = _other.At(90, generation: 0, next: 1);
        Send(LightClientsCalls.UpdateClient(client, last.Encode()));
        Refuses(
            LightClientsCalls.UpdateClient(client, _other.At(92, generation: 1).Encode()),
            new HeaderRefused("the validators after height 90 are known by their hash only"));
        Refused<HeaderRefused>(LightClientsCalls.UpdateClient(client, _other.At(91, generation: 1).Encode()), "it follows another block");
        Send(LightClientsCalls.UpdateClient(client, _other.At(91, generation: 1, parent: last.Hash).Encode()));
        Send(LightClientsCalls.UpdateClient(client, _other.At(95, generation: 1).Encode()));
        Assert.That(_module.Client(client).Height, Is.EqualTo(95));
    }

    [Test]
    public void What_the_last_header_does_not_vouch_for_is_refused()
    {
        ulong client = Created(_other.At(99));
        Refuses(
            LightClientsCalls.UpdateClient(client, _other.At(99, text: "again").Encode()),
            new HeaderRefused("height 99 does not come after the trusted height 99"));
        Refused<HeaderRefused>(LightClientsCalls.UpdateClient(client, _other.At(98, signers: 3).Encode()));
        _now = OtherNetwork.TimeOf(99) + Period;
        Refused<HeaderRefused>(LightClientsCalls.UpdateClient(client, _other.At(101).Encode()));
        _now = OtherNetwork.TimeOf(100) + 5;
        Refused<HeaderRefused>(LightClientsCalls.UpdateClient(client, _other.At(102).Encode()), "from the future");
        Refused<HeaderRefused>(LightClientsCalls.UpdateClient(client, _other.At(101, signers: 2).Encode()), "two of four are no quorum");
        Refused<InvalidLightBlock>(LightClientsCalls.UpdateClient(client, [0xc0]));
        Refuses(LightClientsCalls.UpdateClient(7, [0xc0]), new UnknownClient(7));
    }

    [Test]
    public void A_client_begins_with_a_timely_sealed_header_of_another_network()
    {
        byte[] sound = _other.At(99).Encode();
        Refuses(LightClientsCalls.CreateClient(1_337_000, Period, sound), new OwnChain(1_337_000));
        Refuses(
            LightClientsCalls.CreateClient(OtherNetwork.ChainId, 59, sound),
            new InvalidTrustingPeriod(59, 60, TrustRules.DefaultTrustingSeconds));
        Refuses(
            LightClientsCalls.CreateClient(OtherNetwork.ChainId, TrustRules.DefaultTrustingSeconds + 1, sound),
            new InvalidTrustingPeriod(TrustRules.DefaultTrustingSeconds + 1, 60, TrustRules.DefaultTrustingSeconds));
        Refused<InvalidLightBlock>(LightClientsCalls.CreateClient(OtherNetwork.ChainId, Period, [1, 2, 3]));
        Refused<InvalidLightBlock>(LightClientsCalls.CreateClient(4_243, Period, sound), "sealed for another chain");
        Refused<InvalidLightBlock>(LightClientsCalls.CreateClient(OtherNetwork.ChainId, Period, _other.At(99, signers: 2).Encode()));
        Refuses(
            LightClientsCalls.CreateClient(OtherNetwork.ChainId, Period, _other.At(102).Encode()),
            new NotTimely(OtherNetwork.TimeOf(102), _now));
        _now = OtherNetwork.TimeOf(99) + Period;
        Refuses(LightClientsCalls.CreateClient(OtherNetwork.ChainId, Period, sound), new NotTimely(OtherNetwork.TimeOf(99), _now));
        Assert.That(_module.ClientCount(), Is.Zero);
    }

    [Test]
    public void Two_certificates_for_one_height_freeze_and_governance_recovers()
    {
        ulong client = Created(_other.At(99));
        Send(LightClientsCalls.SubmitMisbehaviour(client, AttackOn(100)));
        Assert.That(_module.Client(client).FrozenAt, Is.EqualTo(1));
        byte[] next = _other.At(100).Encode();
        Refuses(LightClientsCalls.UpdateClient(client, next), new ClientIsFrozen(client, 1));
        Refuses(LightClientsCalls.SubmitMisbehaviour(client, AttackOn(100)), new ClientIsFrozen(client, 1));
        Refuses(
            () => _module.ProveAccount(client, 99, OtherNetwork.Rich, _other.Prove(OtherNetwork.Rich).Nodes),
            new ClientIsFrozen(client, 1));
        Refuses(LightClientsCalls.RecoverClient(client, next), new NotGovernance(Alice));
        Send(LightClientsCalls.RecoverClient(client, next), WellKnownAddresses.Governance);
        Assert.That(_module.Client(client).Height, Is.EqualTo(100));
        Refuses(LightClientsCalls.RecoverClient(client, next), new ClientIsNotFrozen(client), WellKnownAddresses.Governance);
        Assert.That(_module.TakesOrder(Calldata.SelectorOf(LightClientsCalls.RecoverClient(client, next))), Is.True);
        Assert.That(_module.TakesOrder(Calldata.SelectorOf(LightClientsCalls.UpdateClient(client, next))), Is.False);
    }

    [Test]
    public void What_is_no_misbehaviour_freezes_nothing()
    {
        ulong client = Created(_other.At(99));
        Refused<NoMisbehaviour>(LightClientsCalls.SubmitMisbehaviour(client, [0xc0]));
        Refuses(
            LightClientsCalls.SubmitMisbehaviour(client, AttackOn(100, generation: 1)),
            new NoMisbehaviour("the light client does not trust that set"));
        LightClientAttack same = new(_other.At(100), _other.At(100));
        Refuses(
            LightClientsCalls.SubmitMisbehaviour(client, same.Encode()),
            new NoMisbehaviour("the headers are not two of one height in ascending order of hash"));
        Refused<NoMisbehaviour>(LightClientsCalls.SubmitMisbehaviour(client, AttackOn(100, signers: 2)));
        byte[] old = AttackOn(100);
        _now = OtherNetwork.TimeOf(100) + Period;
        Refuses(LightClientsCalls.SubmitMisbehaviour(client, old), new NotTimely(OtherNetwork.TimeOf(100), _now));
        Assert.That(_module.Client(client).FrozenAt, Is.Zero);
    }

    [Test]
    public void Seals_are_paid_for()
    {
        ulong client = Created(_other.At(98));
        byte[] next = _other.At(100).Encode();
        ulong before = _world.GasCharged;
        Send(LightClientsCalls.UpdateClient(client, next));
        Assert.That(_world.GasCharged - before, Is.EqualTo((3 * 3_500UL) + (8 * (ulong)next.Length)));
    }

    private byte[] AttackOn(ulong height, int generation = 0, int signers = 3) => LightClientAttack.Between(
        _other.At(height, generation, signers: signers), _other.At(height, generation, signers: signers, text: "second"))!.Encode();

    private ulong Created(LightBlock block) =>
        LightClientsCalls.CreateClientResult(Send(LightClientsCalls.CreateClient(OtherNetwork.ChainId, Period, block.Encode())));

    private byte[] Send(byte[] calldata, Address? sender = null)
    {
        int before = _world.Snapshot();
        try
        {
            BlockContext block = Stage.BlockAt(1);
            var now = new BlockContext
            {
                ChainId = block.ChainId,
                Number = 1,
                Timestamp = _now,
                Proposer = block.Proposer,
                ParentHash = block.ParentHash,
                ParentMix = block.ParentMix,
                BaseFee = block.BaseFee,
                GasLimit = block.GasLimit,
                Randomness = block.Randomness,
                Forks = block.Forks,
            };
            return _module.Dispatch(Stage.CallBy(sender ?? Alice, _world, now), calldata);
        }
        catch (Revert)
        {
            _world.Revert(before);
            throw;
        }
    }

    private void Refuses<TError>(byte[] calldata, in TError expected, Address? sender = null)
        where TError : struct, IError =>
        Assert.That(Stage.RevertOf(() => Send(calldata, sender)), Is.EqualTo(expected.Encode()), expected.ToString());

    private static void Refuses<TError>(Action view, in TError expected)
        where TError : struct, IError => Assert.That(Stage.RevertOf(view), Is.EqualTo(expected.Encode()), expected.ToString());

    private void Refused<TError>(byte[] calldata, string why = "")
        where TError : struct, IError<TError> =>
        Assert.That(TError.TryDecode(Stage.RevertOf(() => Send(calldata)), out _), Is.True, $"{typeof(TError).Name} {why}");
}
