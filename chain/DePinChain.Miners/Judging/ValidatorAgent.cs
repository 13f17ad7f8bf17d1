using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Miners.Homes;
using DePinChain.Miners.Links;
using DePinChain.Miners.OpenAi;
using DePinChain.Miners.Serving;
using DePinChain.Primitives;

namespace DePinChain.Miners.Judging;

/// <summary>The running validator: each block it asks and checks what is due, commits and reveals weights; and lets people ask.</summary>
internal sealed class ValidatorAgent : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(3);
    private static readonly Amount LowBalance = Amount.FromDpn(2);

    private readonly SubnetChain _chain;
    private readonly ProgramLog _log;
    private readonly ModelShelf _shelf;
    private readonly ScoreBook _book;
    private readonly MinerLink _link;
    private readonly AuditRound _audits;
    private readonly EvidenceDesk _evidence;
    private readonly WeightCycle _weights;
    private ulong _toldPermit = ulong.MaxValue;
    private bool _isLow;

    private ValidatorAgent(SubnetHome home, SubnetChain chain, PrivateKey key, ModelShelf shelf, Drill drill, ProgramLog log)
    {
        (_chain, _shelf, _log) = (chain, shelf, log);
        ValidatorNotes notes = ValidatorNotes.Open(home, chain.ChainId, chain.Netuid);
        _book = new ScoreBook(home, notes, shelf.Manifest);
        _link = new MinerLink(chain.ChainId, chain.Netuid, key);
        _audits = new AuditRound(key, chain.ChainId, chain.Netuid, shelf, _book, _link, log);
        _evidence = new EvidenceDesk(home, chain, log);
        _weights = new WeightCycle(home, chain, key, notes, _evidence, drill, log);
    }

    public static async Task RunAsync(SubnetHome home, Drill drill, ProgramLog log, CancellationToken stopping)
    {
        SubnetSettings settings = home.ReadSettings();
        (TaskManifest manifest, Hash256 hash) = TaskManifest.Read(home.In(settings.Manifest));
        using PrivateKey key = home.ReadKey();
        using SubnetChain chain = await Waiting.OpenAsync(settings, key, log, stopping);
        SubnetView view = await Waiting.SeatedAsync(chain, log, stopping);
        Waiting.RequireManifest(view, hash);
        using ModelShelf shelf = ModelShelf.Open(home.In(settings.Model), manifest, settings.Workers);
        using var agent = new ValidatorAgent(home, chain, key, shelf, drill, log);
        var standing = new Standing(chain.Hotkey, chain.Netuid);
        await using var gateway = new GatewayServer(settings, chain, shelf, agent._book, agent._link, agent._audits, standing, log);
        await gateway.StartAsync(stopping);
        log.Tell("validating", ("hotkey", chain.Hotkey), ("uid", view.Find(chain.Hotkey)!.Uid), ("at", gateway.Address),
            ("model", manifest.Model.Id));
        await agent.FollowAsync(standing, stopping);
        log.Tell("stopped");
    }

    public void Dispose()
    {
        _audits.Dispose();
        _link.Dispose();
    }

    private async Task FollowAsync(Standing standing, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                ulong head = await _chain.HeadAsync(stopping);
                if (standing.Round is null || head > standing.Round.View.Head) await RoundAsync(head, standing, stopping);
                await Task.Delay(Pause, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception trouble) when (Waiting.IsPassing(trouble))
            {
                // The next round asks the chain how everything stands and goes on from there.
                _log.Warn(trouble is NodeRefusedException refused ? _chain.Words(refused) : trouble.Message);
                await Task.Delay(LongPause, CancellationToken.None);
            }
        }
    }

    private async Task RoundAsync(ulong head, Standing standing, CancellationToken stopping)
    {
        SubnetView view = await _chain.ViewAsync(head, stopping);
        if (view.Find(_chain.Hotkey) is null)
        {
            throw new ExitException(
                ExitException.RefusedByChain, $"{_chain.Hotkey} has lost its place in subnet {_chain.Netuid}; buy another with " +
                "'depin subnet join'.");
        }

        IReadOnlyDictionary<Address, AxonView> axons = await _chain.AxonsAsync(view, stopping);
        _book.Begin(view.EpochIndex);
        Hash256 beacon = await _chain.MixAsync(view.LastEpochAt, stopping);
        standing.Round = new RoundStanding(view, axons, beacon, IsChecked: false, _weights.Last);
        await _weights.GoOnAsync(view, stopping);
        await _evidence.AnswerAsync(view, stopping);
        bool isPermitted = view.HasPermit(_chain.Hotkey);
        if (!isPermitted)
        {
            if (_toldPermit != view.EpochIndex) _log.Tell("no permit yet: it comes with stake, an epoch after it");
            _toldPermit = view.EpochIndex;
            standing.Round = standing.Round with { IsChecked = true };
            return;
        }

        bool isChecked = await _audits.RunAsync(view, axons, beacon, stopping);
        await CommitAsync(view, axons, isChecked, stopping);
        standing.Round = new RoundStanding(view, axons, beacon, isChecked, _weights.Last);
        bool isLow = await _chain.BalanceAsync(stopping) < LowBalance;
        if (isLow && !_isLow) _log.Warn($"the hotkey {_chain.Hotkey} has less than {LowBalance}: gas and deposits run out");
        _isLow = isLow;
    }

    // When all is checked, or when the epoch nears its end.
    private async Task CommitAsync(
        SubnetView view, IReadOnlyDictionary<Address, AxonView> axons, bool isChecked, CancellationToken stopping)
    {
        ulong late = view.NextEpochAt - ((view.NextEpochAt - view.LastEpochAt) / 4);
        if (_weights.HasCommitted(view.EpochIndex) || (!isChecked && view.Head < late)) return;
        byte[] weights = _book.Weights(view, axons, _chain.Hotkey);
        if (weights.Length == 0) return;
        if (view.CommitReveal) await _weights.CommitAsync(view, weights, _book.Leaves(), _shelf.Manifest.VersionKey, stopping);
        else await _weights.SetAsync(view, weights, _book.Leaves(), _shelf.Manifest.VersionKey, stopping);
    }
}
