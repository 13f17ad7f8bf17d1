using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Sdk;

/// <summary>
/// Where records lie and what their bytes are. Locations: keccak256 of the preimage in the comment, computed by an independent Keccak-256
/// (p(x) is x in 32 bytes, big-endian). Bytes: written by hand.
/// </summary>
public sealed class StorageTests
{
    private InMemoryWorld _world = null!;
    private SamplesModule _module = null!;
    private SamplesQueue _queue = null!;
    private ModuleState _state = null!;

    [SetUp]
    public void Build()
    {
        _world = new InMemoryWorld();
        _state = new ModuleState(SamplesModule.Descriptor.Address, _world);
        _module = new SamplesModule(_state, new Logs(_state.Module, _world));
        _queue = new SamplesQueue(_state);
    }

    // The key of mapping(uint => …) at slot 0 for 1, as it is found all over Ethereum.
    [Test]
    public void The_best_known_location_is_reproduced() => Assert.That(
        StorageLocation.OfNumberKey(1, StorageLocation.OfSlot(0)).ToString(),
        Is.EqualTo("0xada5013122d395ba3c54772283fb069b10426056ef8ca54750cb9bb552a59e7d"));

    [Test]
    public void Mappings_lie_where_Solidity_puts_them()
    {
        Assert.Multiple(() =>
        {
            // p(alice) ‖ p(0)
            Expect(_module.Balances.LocationOf(Stage.Alice), "9ee878158fd03ad640d4a0705a30c697ca9fe067e51ec5dde8bf6b55f41c298c");

            // p(bob) ‖ keccak(p(alice) ‖ p(1))
            Expect(
                _module.Allowances.LocationOf((Stage.Alice, Stage.Bob)),
                "9fe9331723a9231517839c607c5b3271a7c38be60e3f051232e0595e5fd24bda");

            // "alice" ‖ p(2)
            Expect(_module.Slices.LocationOf("alice"), "596b06eb423d38a7c5a491741a6e3e9b743b0258c3e58cf6c6ff91ad2773ddc2");

            // p(9) ‖ keccak(p(7) ‖ keccak(p(alice) ‖ p(10)))
            Expect(_module.Scores.LocationOf((Stage.Alice, 7, 9)), "40159441aad0c2682c01c938fefa58d5f25b98b2febf317ccadbe9c49d11e788");

            // p(3) ‖ p(7)
            Expect(_module.Bodies.LocationOf(3), "3be6fd20d5acfde5b873b48692cd31f4d3c7e8ee8a813af4696af8859e5ca6c6");
        });
    }

    [Test]
    public void A_set_lies_as_the_layout_says()
    {
        _module.Members.Add(77);
        _module.Members.Add(0);
        Assert.Multiple(() =>
        {
            Stored(StorageLocation.OfSlot(4), "02");
            Stored("17ef568e3e12ab5b9c7254a8d58478811de00f9e6eb34345acd53bf8fd09d3ec", "4d"); // p(0) ‖ p(4)
            Stored("abd6e7cb50984ff9c2f3e18a2660c3353dadf4e3291deeb275dae2cd1e44fe05", null); // p(1) ‖ p(4): a member 0 is no record
            Stored("e69a119750e8be0ed3f6f5b73e32e323f2f8621a2bf0fd98fbfe47c50c98a29d", "01"); // p(77) ‖ p(4 + 2^128)
        });
        Assert.That(_module.Members.Page(0, 9), Is.EqualTo(new ulong[] { 77, 0 }));
    }

    [Test]
    public void A_set_of_a_key_lies_where_the_keys_value_would()
    {
        _module.ByPhase[Phase.Paid].Add(Stage.Mix);
        Assert.Multiple(() =>
        {
            Stored("458b30c2d72bfd2c6317304a4594ecbafe5f729d3111b65fdc3a33bd48e5432d", "01"); // p(5) ‖ p(5)
            Stored("c1e3ba2b65d4a6b80b4114c54074cd95d3f109bc983ce944daec3b2d10d1c96a", Stage.Mix.ToString()[2..]); // p(0) ‖ the line above
        });
        Assert.That(_module.ByPhase[Phase.Open].Count, Is.Zero);
    }

    [Test]
    public void A_schedule_lies_nested_by_height()
    {
        _queue.Due.Add(100, 7);
        Assert.Multiple(() =>
        {
            Stored(StorageLocation.OfSlot(20), "64" + "0000000000000001"); // first height 100, one waits
            Stored("b2e9ce6931314ffc4144ef8c71db8cbd6728850d87f4700f92e2ec3e3d968838", "01"); // p(100) ‖ p(20): none taken, one added
            Stored("9accaed6f92ae36cd8cc5582826db97e09189f9a22597d1ee40f2315fcca0abb", "07"); // p(0) ‖ the line above
        });
    }

    [Test]
    public void Small_records_pack_as_solc_packs_them()
    {
        // The first field stands at the least significant end; leading zeros are trimmed.
        _module.Slices["s"] = new Slice(0x0a, Stage.Alice, 0x01020304, true, Phase.Paid);
        Stored(_module.Slices.LocationOf("s"), "05" + "01" + "01020304" + "00000000000000000000000000000000000a11ce" + "0a");

        Packed packed = new(-2, -3, 0x1122, Amount.FromWei(5), 0x3344);
        _module.Words[1] = packed;
        Stored(_module.Words.LocationOf(1), "3344" + "00000000000000000000000000000005" + "1122" + "fffffffffffffffd" + "fffffffe");
        Assert.That(_module.Words[1], Is.EqualTo(packed));

        _module.Slices["t"] = new Slice(0x0a, Address.Zero, 0, false, Phase.Open);
        Stored(_module.Slices.LocationOf("t"), "0a");
        Assert.That(_module.Slices["t"], Is.EqualTo(new Slice(0x0a, Address.Zero, 0, false, Phase.Open)));
    }

    [Test]
    public void Elementary_values_are_trimmed_numbers()
    {
        _module.Balances[Stage.Alice] = Amount.FromWei(0x0102);
        Stored(_module.Balances.LocationOf(Stage.Alice), "0102");
        _module.Allowances[(Stage.Alice, Stage.Bob)] = UInt256.MaxValue;
        Stored(_module.Allowances.LocationOf((Stage.Alice, Stage.Bob)), new string('f', 64));
        _module.Balances[Stage.Alice] = Amount.Zero;
        Stored(_module.Balances.LocationOf(Stage.Alice), null);
        _module.Phase.Value = Phase.Paid;
        Stored(StorageLocation.OfSlot(13), "05");
        Assert.That(_module.Phase.Value, Is.EqualTo(Phase.Paid));
    }

    [Test]
    public void Longer_records_carry_a_version_and_their_fields_in_order()
    {
        Unpacked unpacked = new(Stage.Alice, 2, 3, 4);
        _module.Longer[1] = unpacked;
        Stored(_module.Longer.LocationOf(1), "01" + "00000000000000000000000000000000000a11ce" + "0000000000000002" + "00000003" + "04");
        Assert.That(_module.Longer[1], Is.EqualTo(unpacked));

        _module.Scores[(Stage.Alice, 7, 9)] = new Score(0);
        Stored(_module.Scores.LocationOf((Stage.Alice, 7, 9)), "03" + "00000000");
        Assert.That(_module.Scores.Contains((Stage.Alice, 7, 9)), Is.True);
    }

    [Test]
    public void Texts_bytes_and_lists_have_two_bytes_of_length()
    {
        Plan plan = new("aé", [1, 2], new Slice(3, Stage.Bob, 4, true, Phase.Closed), [5], [new Score(6)]);
        _module.Plan.Value = plan;
        Stored(
            StorageLocation.OfSlot(3),
            "01" + "0003" + "61c3a9" + "0002" + "0000000000000001" + "0000000000000002"
            + "03" + "0000000000000000000000000000000000000b0b" + "00000004" + "01" + "01" + "0001" + "05" + "0001" + "00000006");
        Plan read = _module.Plan.Value;
        Assert.That((read.Title, read.Part), Is.EqualTo((plan.Title, plan.Part)));
        Assert.That(read.Steps, Is.EqualTo(plan.Steps));
        Assert.That(read.Scores, Is.EqualTo(plan.Scores));
    }

    [Test]
    public void Bodies_are_named_by_their_hash_and_counted()
    {
        byte[] body = [1, 2, 3];
        _module.Bodies[3] = body;
        _module.Bodies[4] = body;

        // keccak256(010203)
        Stored(_module.Bodies.LocationOf(3), "f1885eda54b7a053318cd41e2093220dab15d65381b1157a3633a83bfd5c9239");
        Assert.That(_world.BlobCount, Is.EqualTo(1));
        Assert.That(_module.Bodies[4], Is.EqualTo(body));

        _module.Bodies[4] = [4];
        Assert.That(_world.BlobCount, Is.EqualTo(2));
        Assert.That(_module.Bodies.Remove(3), Is.True);
        Assert.That(_module.Bodies.Remove(3), Is.False);
        Assert.That(_module.Bodies.FindHash(3), Is.Null);
        Assert.That(_world.BlobCount, Is.EqualTo(1));
        Assert.That(() => _module.Bodies[3], Throws.TypeOf<KeyNotFoundException>());

        // A record as a body is versioned like any long record.
        _module.Plans[Stage.Mix] = new Plan("", [], default, [], []);
        Assert.That(_world.ReadBlob(_module.Plans.FindHash(Stage.Mix)!.Value)![0], Is.EqualTo(1));
        Assert.That(_module.Plans[Stage.Mix].Steps, Is.Empty);
    }

    [Test]
    public void Records_and_bodies_have_a_largest_size()
    {
        // 1 byte of version, 2 + 0 title, 2 + 0 steps, 27 part, 2 + n body, 2 + 0 scores: 36 + n.
        Plan plan = new("", [], default, new byte[ModuleState.RecordBytesMax - 36], []);
        Assert.That(() => _module.Plan.Value = plan, Throws.Nothing);
        Assert.That(
            () =>
            _module.Plan.Value = plan with { Body = new byte[ModuleState.RecordBytesMax - 35] }, Throws.TypeOf<RecordTooLargeException>());
        Assert.That(() => _queue.Plans.Add(1, plan), Throws.TypeOf<RecordTooLargeException>());
        Assert.That(() => _module.Bodies[1] = new byte[BlobMap<ulong, byte[]>.BodyBytesMax + 1], Throws.TypeOf<RecordTooLargeException>());
        Assert.That(() => _module.Plan.Value = plan with { Body = new byte[65_536] }, Throws.TypeOf<RecordTooLargeException>());
    }

    [Test]
    public void An_absent_number_is_zero_and_an_absent_record_throws()
    {
        Assert.Multiple(() =>
        {
            Assert.That(_module.Balances[Stage.Bob], Is.EqualTo(Amount.Zero));
            Assert.That(_module.Phase.Value, Is.EqualTo(Phase.Open));
            Assert.That(_module.Balances.Contains(Stage.Bob), Is.False);
            Assert.That(() => _module.Slices["nobody"], Throws.TypeOf<KeyNotFoundException>());
            Assert.That(() => _module.Plan.Value, Throws.TypeOf<KeyNotFoundException>());
            Assert.That(_module.Slices.TryGet("nobody", out _), Is.False);
            Assert.That(_module.Slices.GetOr("nobody", new Slice(1, default, 0, false, Phase.Open)).Kind, Is.EqualTo(1));
        });
    }

    [Test]
    public void A_sequence_starts_at_one()
    {
        Assert.That(_module.Ids.Last, Is.Zero);
        Assert.That(_module.Ids.Next(), Is.EqualTo(1));
        Assert.That(_module.Ids.Next(), Is.EqualTo(2));
        Stored(StorageLocation.OfSlot(6), "02");
    }

    private static void Expect(Hash256 location, string digits) => Assert.That(location.ToString(), Is.EqualTo("0x" + digits));

    private void Stored(string location, string? digits) => Stored(Hash256.Parse("0x" + location), digits);

    private void Stored(Hash256 location, string? digits)
    {
        byte[]? record = _state.Read(location);
        Assert.That(record is null ? null : Hex.Encode(record, prefix: false), Is.EqualTo(digits));
    }
}
