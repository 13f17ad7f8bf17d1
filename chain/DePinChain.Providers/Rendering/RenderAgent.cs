using DePinChain.Client;
using DePinChain.Client.Programs;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Providers.Containers;

namespace DePinChain.Providers.Rendering;

/// <summary>The running render node: follows the chain, renders and judges what it is asked; until it is told to stop.</summary>
internal static class RenderAgent
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200), LongPause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly Amount LowBalance = Amount.One;

    /// <param name="home">The node's home.</param>
    /// <param name="log">What it says.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task RunAsync(RenderHome home, ProgramLog log, CancellationToken stopping)
    {
        RenderHomeSettings settings = home.ReadSettings();
        using RenderChain chain = await OpenAsync(settings, home.ReadKey(), log, stopping);
        bool isNode = await chain.FindNodeAsync(stopping) is not null;
        bool isJudge = await chain.VerifierAsync(stopping) != Address.Zero;
        if (!isNode && !isJudge)
        {
            throw new ExitException(
                ExitException.LocalState, $"{chain.Node} is no render node on this chain yet; run 'depin provider render register'.");
        }

        using var engine = new EngineService(home.Path, settings.Engine, log);
        var container = new FrameContainer(home, settings, engine, chain.Node, log);
        if (container.FindTrouble() is { } trouble) throw new ExitException(ExitException.LocalState, trouble);
        string version = await EngineAsync(engine, container, stopping);
        using var studio = new FrameStudio(settings, chain, container);
        log.Tell("serving", ("node", chain.Node), ("engine", version), ("renders", isNode), ("judges", isJudge));
        await FollowAsync(chain, new FrameRound(home, settings, chain, studio, log), new JudgeRound(chain, studio, log), log, stopping);
        log.Tell("stopped");
    }

    private static async Task<string> EngineAsync(EngineService engine, FrameContainer container, CancellationToken stopping)
    {
        try
        {
            string version = await engine.EnsureAsync(stopping);
            await container.SweepAsync(stopping);
            return version;
        }
        catch (EngineFailure failure)
        {
            throw new ExitException(ExitException.LocalState, failure.Message);
        }
    }

    private static async Task FollowAsync(
        RenderChain chain, FrameRound frames, JudgeRound judge, ProgramLog log, CancellationToken stopping)
    {
        ulong seen = 0;
        bool isLow = false;
        DateTime last = DateTime.MinValue;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                ulong head = await chain.Account.HeadAsync(stopping);
                if (head > seen || frames.HasNews || judge.HasNews || DateTime.UtcNow > last + Quiet)
                {
                    await frames.RunAsync(head, stopping);
                    await judge.RunAsync(head, stopping);
                    bool low = await chain.Account.BalanceAsync(stopping) < LowBalance;
                    if (low && !isLow) log.Warn($"{chain.Node} has less than {LowBalance}: without gas nothing can be committed to");
                    (isLow, seen, last) = (low, head, DateTime.UtcNow);
                }

                await Task.Delay(Pause, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception trouble) when (trouble is NodeUnreachableException or ReceiptTimeoutException or NodeRefusedException
                or IOException or EngineFailure)
            {
                // The next round asks the chain how everything stands and goes on from there.
                log.Warn(trouble is NodeRefusedException refused ? chain.Account.Words(refused) : trouble.Message);
                await Task.Delay(LongPause, CancellationToken.None);
            }
        }
    }

    // A node that is not up yet is waited for: after a power cut nobody starts things in order.
    private static async Task<RenderChain> OpenAsync(
        RenderHomeSettings settings, PrivateKey key, ProgramLog log, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return await RenderChain.OpenAsync(settings.Rpc, key, stopping);
            }
            catch (NodeUnreachableException unreachable)
            {
                log.Warn(unreachable.Message + "; trying again");
                await Task.Delay(LongPause, stopping);
            }
        }
    }
}
