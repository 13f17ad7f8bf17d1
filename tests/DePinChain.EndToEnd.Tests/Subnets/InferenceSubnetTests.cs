using System.Text;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Subnets;

/// <summary>
/// A text subnet of real processes: an honest miner, a lazy one and one with a quantised model, judged by two validators, asked by people.
/// </summary>
[NonParallelizable]
public sealed class InferenceSubnetTests
{
    private const string Prompt = """{"model":"tiny","messages":[{"role":"user","content":"what is a block?"}],"max_tokens":12""";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(60) };

    private SubnetMarket _market = null!;

    private SubnetProgram Honest => _market.Miners[0];

    [OneTimeSetUp]
    public async Task Begin()
    {
        _market = await SubnetMarket.OpenAsync();
        await _market.CommitAsync();
        await _market.RevealAsync();
    }

    [OneTimeTearDown]
    public async Task End() => await _market.DisposeAsync();

    [Test]
    public async Task A_person_gets_text_whose_origin_anybody_can_check()
    {
        (int status, string body) = await AskAsync(Prompt + "}");
        Assert.That(status, Is.EqualTo(200), body + _market.Validators[0].Output);
        JsonNode answer = JsonNode.Parse(body)!;
        JsonNode origin = answer["depin"]!;
        Hash256 digest = Keccak256.Hash(
        [
            .. "DPC-RES1"u8, .. Bytes(origin, "requestHash"), 0, 200, .. Bytes(origin, "bodyHash"), .. Bytes(origin, "workId"),
        ]);
        byte[] signature = Bytes(origin, "signature");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Secp256k1.TryRecover(digest, signature.AsSpan(0, 64), signature[64], out Address signer), Is.True);
            Assert.That(signer, Is.EqualTo(Address.Parse(origin["miner"]!.GetValue<string>())));
            Assert.That(signer, Is.EqualTo(Address.Parse(Honest.Hotkey)), "the others have been seen to cheat");
            Assert.That(answer["choices"]![0]!["message"]!["content"]!.GetValue<string>(), Is.Not.Empty);
            Assert.That(answer["choices"]![0]!["finish_reason"]!.GetValue<string>(), Is.EqualTo("length"));
            Assert.That(answer["usage"]!["completion_tokens"]!.GetValue<int>(), Is.EqualTo(12));
        }
    }

    // The best token each time: what is streamed is what comes at once.
    [Test]
    public async Task A_stream_says_the_same_piece_by_piece()
    {
        (_, string whole) = await AskAsync(Prompt + ",\"temperature\":0}");
        (int status, string stream) = await AskAsync(
            Prompt + ",\"temperature\":0,\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
        Assert.That(status, Is.EqualTo(200), stream);
        string[] events = [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(one => one["data: ".Length..])];
        JsonNode[] parts = [.. events[..^1].Select(one => JsonNode.Parse(one)!)];
        string text = string.Concat(parts.Where(part => part["choices"]!.AsArray().Count > 0)
            .Select(part => part["choices"]![0]!["delta"]!["content"]?.GetValue<string>()));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(events[^1], Is.EqualTo("[DONE]"));
            Assert.That(text, Is.EqualTo(JsonNode.Parse(whole)!["choices"]![0]!["message"]!["content"]!.GetValue<string>()));
            Assert.That(parts[0]["choices"]![0]!["delta"]!["role"]!.GetValue<string>(), Is.EqualTo("assistant"));
            Assert.That(parts[^1]["usage"]!["completion_tokens"]!.GetValue<int>(), Is.EqualTo(12));
            Assert.That(parts[^2]["depin"]!["miner"]!.GetValue<string>(), Is.EqualTo(Honest.Hotkey));
        }
    }

    [Test]
    public async Task A_miner_refuses_what_is_not_signed_for_it_now_by_one_with_a_permit()
    {
        using PrivateKey validator = SubnetMarket.KeyOf(_market.Validators[0]);
        using PrivateKey stranger = PrivateKey.Generate();
        SignedTask task = new(_market.ChainId, validator, Honest.Hotkey);
        using (Assert.EnterMultipleScope())
        {
            await ExpectAsync(task with { IsSigned = false }, 401, "BadSignature");
            await ExpectAsync(task with { SentBody = task.Body.Replace("chain", "chaim", StringComparison.Ordinal) }, 401, "BadSignature");
            await ExpectAsync(task with { Key = stranger }, 403, "NoPermit");
            await ExpectAsync(task with { Key = stranger, Sender = validator.Address.ToString() }, 401, "BadSignature");
            await ExpectAsync(task with { Receiver = _market.Miners[1].Hotkey }, 403, "OtherReceiver");
            await ExpectAsync(task with { Nonce = task.Nonce - 60_000 }, 401, "OutsideWindow");
            await ExpectAsync(task with { Nonce = task.Nonce + 60_000 }, 401, "OutsideWindow");
            await ExpectAsync(task with { ChainId = 1 }, 401, "BadSignature");
            await ExpectAsync(task with { Body = new string(' ', 70_000) }, 413, "TooLarge");
            (int status, string answer, _) = await FirstAnswerAsync(task with { Body = "{}" });
            Assert.That(status, Is.EqualTo(400), answer);
            Assert.That(answer, Does.Contain("MalformedTask"));
        }
    }

    [Test]
    public async Task A_request_that_was_answered_is_not_answered_again_not_even_after_a_kill()
    {
        using PrivateKey validator = SubnetMarket.KeyOf(_market.Validators[0]);
        SignedTask task = new(_market.ChainId, validator, Honest.Hotkey);
        (int first, string said, task) = await FirstAnswerAsync(task);
        Assert.That(first, Is.EqualTo(200), said);
        await ExpectAsync(task, 409, "StaleNonce");
        await Honest.KillAsync();
        Honest.Start();
        await Honest.WaitAsync(status => status["serving"]!.GetValue<bool>(), "a new start");
        (int code, string answer) = await task.SendAsync(Honest.Url);
        string? error = JsonNode.Parse(answer)?["error"]?.GetValue<string>();

        // On a slow machine the window has passed meanwhile.
        Assert.That((code, error), Is.EqualTo((409, "StaleNonce")).Or.EqualTo((401, "OutsideWindow")), answer);
    }

    [Test]
    public async Task Cheats_earn_nothing_the_epoch_is_paid_18_41_41_to_the_unit_and_the_weakest_place_goes_to_a_newcomer()
    {
        await _market.ReachAsync(epoch: 3);
        AbiRecord honest = await _market.NeuronAsync(Honest.Hotkey);
        AbiRecord epoch = await _market.LastEpochAsync();
        Amount owner = epoch.Amount("owner"), server = epoch.Amount("server"), validator = epoch.Amount("validator");
        Amount shared = owner + server + validator + epoch.Amount("recycled") + epoch.Amount("carried");
        Amount cut = new(shared.Wei * 11_796 / 65_535);
        UInt128 half = (shared - cut).Wei / 2;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(honest.Count("incentive"), Is.EqualTo(65_535));
            foreach (SubnetProgram cheat in _market.Miners.Skip(1))
            {
                AbiRecord neuron = await _market.NeuronAsync(cheat.Hotkey);
                Assert.That((neuron.Count("incentive"), neuron.Count("emission")), Is.EqualTo((0UL, 0UL)), cheat.Name);
                Assert.That(_market.Validators[0].Output, Does.Contain(cheat.Hotkey), "the validator says whom it caught");
            }

            // One miner has all of its half: floor((E - cut) / 2), to the wei. Validators' shares are floored one by one, at most 2^-32 of
            // their half and a wei for each; what that leaves is carried to the next epoch.
            Assert.That(owner, Is.EqualTo(cut));
            Assert.That(server.Wei, Is.EqualTo(half));
            Assert.That((shared - cut - server - validator).Wei, Is.LessThanOrEqualTo((half >> 30) + 4));
        }

        await ExpectNewcomerAsync();
    }

    [Test]
    public async Task A_validator_that_is_killed_at_every_state_commits_once_and_reveals_it_once()
    {
        await _market.ReachAsync(epoch: 3);
        SubnetProgram second = _market.Validators[1];
        ulong epoch = (await _market.SubnetAsync()).Count("epochIndex"), since = await _market.Localnet.HeightAsync();
        await second.KillAsync();
        second.Start("--hold-at", "weights-written");
        await _market.HalfwayAsync();
        await second.KillAtAsync("weights-written");
        second.Start("--hold-at", "weights-landed");
        await second.KillAtAsync("weights-landed");
        second.Start();
        await _market.CommitAsync();
        Assert.That((await second.StatusAsync())!["commitEpoch"]!.GetValue<ulong>(), Is.EqualTo(epoch), "it has a permit by now");
        await second.KillAsync();
        await _market.MineAsync((await _market.SubnetAsync()).Count("nextEpochAt") - await _market.Localnet.HeightAsync());
        second.Start("--hold-at", "reveal-written");
        await second.KillAtAsync("reveal-written");
        second.Start("--hold-at", "reveal-landed");
        await second.KillAtAsync("reveal-landed");
        second.Start();
        await second.WaitAsync(
            status => status["epoch"]?.GetValue<ulong>() == epoch + 1 && status["commitStage"]?.GetValue<string>() == "Revealed",
            "the reveal after a kill");
        Assert.That(
            await _market.Subnets.LogsAsync("CommitmentForfeited", 0, await _market.Localnet.HeightAsync(), default), Is.Empty,
            "no deposit was lost");
        ModuleLog commitment = (await LogsAsync("WeightsCommitted", second, since)).Single();
        Assert.That(await LogsAsync("WeightsSet", second, commitment.Block), Has.Count.EqualTo(1), "revealed once");
    }

    [Test]
    public async Task A_validator_shows_the_check_that_somebody_asks_for()
    {
        AbiRecord first = await _market.NeuronAsync(_market.Validators[0].Hotkey);
        await _market.CommitAsync();
        await _market.RevealAsync();
        var deposit = Amount.FromWei(100_000_000_000_000_000);
        await _market.SendAsColdkeyAsync(_market.Subnets.Plan(
            "challengeEvidence", deposit, (UInt256)1UL, (UInt256)first.Count("uid"), (UInt256)1UL));
        AbiRecord opened = await _market.WaitForLogAsync("EvidenceOpened");
        Assert.That(opened.Address("validator"), Is.EqualTo(Address.Parse(_market.Validators[0].Hotkey)));
    }

    // Prices are recycled: what was minted and recycled leaves less issued, and the halving, at half of 21 M issued, moves by as much.
    private async Task ExpectNewcomerAsync()
    {
        UInt256 net = 1UL;
        await _market.SendAsOwnerAsync(_market.Subnets.Plan("setParameter", Amount.Zero, net, (UInt256)17UL, (UInt256)5UL));
        AbiRecord weak = await _market.NeuronAsync(_market.Miners[1].Hotkey);
        Assert.That(await _market.Subnets.CountAsync("nextToPrune", default, net), Is.EqualTo(weak.Count("uid")));
        AbiRecord before = await StreamAsync();
        Amount price = await _market.Subnets.AmountAsync("price", default, net);
        using PrivateKey newcomer = PrivateKey.Generate();
        await _market.SendAsColdkeyAsync(_market.Subnets.Plan("register", price, net, newcomer.Address));
        AbiRecord after = await StreamAsync();
        ulong head = await _market.Localnet.HeightAsync();
        IReadOnlyList<ModuleLog> pruned = await _market.Subnets.LogsAsync("NeuronPruned", 0, head, default);
        Amount paid = (await _market.Subnets.LogsAsync("NeuronRegistered", head, head, default))[^1].Values.Amount("price");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(pruned[^1].Values.Address("hotkey"), Is.EqualTo(Address.Parse(_market.Miners[1].Hotkey)));
            Assert.That((await _market.NeuronAsync(newcomer.Address.ToString())).Count("uid"), Is.EqualTo(weak.Count("uid")));
            Assert.That(after.Amount("recycled"), Is.EqualTo(before.Amount("recycled") + paid));
            Assert.That(paid.IsZero, Is.False);
        }
    }

    private async Task<IReadOnlyList<ModuleLog>> LogsAsync(string name, SubnetProgram program, ulong since) =>
        await _market.Subnets.LogsAsync(
            name, since, await _market.Localnet.HeightAsync(), default, LogTopic.Of(1UL), LogTopic.Of(Address.Parse(program.Hotkey)));

    private async Task<AbiRecord> StreamAsync()
    {
        object? streams = await _market.Emission.ValueAsync("streams", default);
        IReadOnlyList<AbiParameter> fields =
            _market.Emission.Module.Abi.Functions.First(one => one.Name == "streams").Outputs[0].Components;
        return ((object?[])streams!).Select(one => new AbiRecord(fields, (object?[])one!))
            .First(one => one.Amount("cap") == Amount.FromDpn(21_000_000));
    }

    private async Task ExpectAsync(SignedTask task, int status, string error)
    {
        (int code, string answer) = await task.SendAsync(Honest.Url);
        Assert.That((code, JsonNode.Parse(answer)?["error"]?.GetValue<string>()), Is.EqualTo((status, error)), answer);
    }

    // The running validator signs with the same key: a nonce of its own may have overtaken ours, as much as two tries of 1.5 s ahead of the
    // clock. A new one is due then, ahead of it and inside the window of 5 s.
    private async Task<(int Status, string Body, SignedTask Task)> FirstAnswerAsync(SignedTask task)
    {
        for (ulong ahead = 0; ; ahead += 200)
        {
            task = task with { Nonce = Now() + ahead };
            (int status, string body) = await task.SendAsync(Honest.Url);
            if (status != 409 || ahead == 4_600) return (status, body, task);
        }
    }

    private async Task<(int Status, string Body)> AskAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await Http.PostAsync(new Uri(_market.Validators[0].Url, "/v1/chat/completions"), content);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static ulong Now() => (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private static byte[] Bytes(JsonNode origin, string name) => Hex.Decode(origin[name]!.GetValue<string>());
}
