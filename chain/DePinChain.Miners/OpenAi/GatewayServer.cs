using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using DePinChain.Client.Programs;
using DePinChain.Inference;
using DePinChain.Miners.Homes;
using DePinChain.Miners.Judging;
using DePinChain.Miners.Links;
using DePinChain.Miners.Serving;
using DePinChain.Primitives;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DePinChain.Miners.OpenAi;

/// <summary>
/// Where people ask, with any client that speaks OpenAI's protocol: the question goes, signed, to a miner whose answers have stood up to
/// checks, and a drawn part of these answers is checked as well.
/// </summary>
internal sealed class GatewayServer : IAsyncDisposable
{
    private const int BodyMax = 1 << 20;
    private const int ChecksMax = 4;
    private const int MinersMax = 3;

    private readonly WebApplication _application;
    private readonly SubnetSettings _settings;
    private readonly ModelShelf _shelf;
    private readonly ScoreBook _book;
    private readonly MinerLink _link;
    private readonly AuditRound _audits;
    private readonly Standing _standing;
    private readonly ProgramLog _log;
    private readonly CancellationTokenSource _closing = new();
    private int _checking;

    public GatewayServer(
        SubnetSettings settings, SubnetChain chain, ModelShelf shelf, ScoreBook book, MinerLink link, AuditRound audits, Standing standing,
        ProgramLog log)
    {
        (_settings, _shelf, _book, _link, _audits, _standing, _log) = (settings, shelf, book, link, audits, standing, log);
        _application = WebHouse.Build(settings, BodyMax);
        _application.MapGet("/v1/models", ModelsAsync);
        _application.MapPost("/v1/chat/completions", context => GuardAsync(context, isChat: true));
        _application.MapPost("/v1/completions", context => GuardAsync(context, isChat: false));
        _application.MapGet("/v1/status", context => StatusPage.AnswerAsync(context, chain, standing, book));
    }

    /// <summary>Where it listens; known after <see cref="StartAsync"/>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    private string Model => _shelf.Manifest.Model.Id;

    public async Task StartAsync(CancellationToken cancellation) =>
        Address = await WebHouse.StartAsync(_application, _settings, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _application.StopAsync();
        await _application.DisposeAsync();
        _closing.Dispose();
    }

    private Task ModelsAsync(HttpContext context) => WriteAsync(context, 200, new JsonObject
    {
        ["object"] = "list",
        ["data"] = new JsonArray(new JsonObject
        {
            ["id"] = Model,
            ["object"] = "model",
            ["created"] = 0,
            ["owned_by"] = $"subnet-{_standing.Netuid}",
        }),
    });

    private async Task GuardAsync(HttpContext context, bool isChat)
    {
        try
        {
            byte[] body = await WebHouse.ReadBodyAsync(context, BodyMax)
                ?? throw new UnfitRequestException(413, "request_too_large", $"a request has at most {BodyMax} bytes");
            AskedCompletion asked = AskedCompletion.Parse(body, isChat, Model, _shelf.Manifest.Model.MaxTokens);
            int[] prompt = _shelf.TokensOf(asked.Task.Prompt, asked.Task.MaxTokens, out string fault)
                ?? throw new UnfitRequestException(400, "context_length_exceeded", fault, isChat ? "messages" : "prompt");
            await CompleteAsync(context, asked, prompt.Length, new CompletionShapes(isChat, Model, Fingerprint()));
        }
        catch (UnfitRequestException unfit)
        {
            string type = unfit.Status < 500 ? "invalid_request_error" : "server_error";
            await WriteAsync(context, unfit.Status, CompletionShapes.Error(unfit.Message, type, unfit.Code, unfit.Parameter));
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // Nobody reads any more.
            context.Abort();
        }
    }

    // A miner that fails before its first token costs the client nothing but time: the next one is asked.
    private async Task CompleteAsync(HttpContext context, AskedCompletion asked, int promptTokens, CompletionShapes shapes)
    {
        RoundStanding round = _standing.Round ?? throw new UnfitRequestException(503, "starting", "the validator has not seen a block yet");
        if (!round.View.HasPermit(_standing.Hotkey))
        {
            throw new UnfitRequestException(
                503, "no_permit", "this validator has no permit yet; it comes with stake, an epoch after it");
        }

        string why = "no miner of this subnet serves";
        foreach (NeuronView miner in Candidates(round))
        {
            var reply = new CompletionReply(context, asked, promptTokens, shapes, new TextFlow(_shelf.Tokenizer, asked.Stops));
            try
            {
                MinerAnswer answer = await _link.AskAsync(
                    round.Axons[miner.Hotkey], asked.Task, TimeSpan.FromMilliseconds(4.0 * _shelf.Manifest.LatencyMs),
                    reply.Begin, reply.TokensAsync, context.RequestAborted);
                if (answer.Generation is { } generation)
                {
                    await reply.FinishAsync(miner.Hotkey, answer, generation);
                    CheckLater(round, miner, asked, answer);
                    return;
                }

                why = "a miner signed what is no answer";
                await _audits.CheckOrganicAsync(round.View.EpochIndex, miner, asked.Task, answer, context.RequestAborted);
            }
            catch (MinerSilentException silent)
            {
                why = silent.Message;
            }

            _log.Tell("asking another", ("uid", miner.Uid), ("why", why));
            if (!reply.HasStarted) continue;
            await reply.BreakOffAsync(why);
            return;
        }

        throw new UnfitRequestException(503, "no_miner", $"nobody could answer: {why}");
    }

    // Those who have stood up to checks, each as often as its score says; the unknown after them, the exposed never.
    private IEnumerable<NeuronView> Candidates(RoundStanding round)
    {
        var known = round.View.Neurons
            .Where(neuron => round.Axons.ContainsKey(neuron.Hotkey) && neuron.Hotkey != _standing.Hotkey && !_book.IsExposed(neuron))
            .Select(neuron => (Neuron: neuron, Score: _book.ScoreOf(neuron)));
        return known
            .OrderByDescending(static one => one.Score > 0 ? Math.Pow(Random.Shared.NextDouble(), 1 / one.Score) : -1)
            .Take(MinersMax).Select(static one => one.Neuron);
    }

    // Drawn by a beacon and a hash that the miner knew before neither of: it cannot tell which answers will be looked at.
    private void CheckLater(RoundStanding round, NeuronView miner, AskedCompletion asked, MinerAnswer answer)
    {
        Hash256 draw = new Keccak256.Hasher().Append(round.Beacon.ToArray()).Append(answer.Answer.Work.ToArray()).Finish();
        bool isDrawn = BinaryPrimitives.ReadUInt64BigEndian(draw.ToArray()) % 1_000 < _shelf.Manifest.Sampling.OrganicPermille;
        if (!isDrawn || Interlocked.Increment(ref _checking) > ChecksMax)
        {
            if (isDrawn) Interlocked.Decrement(ref _checking);
            return;
        }

        _ = Task.Run(async () =>
        {
            try
            {
                await _audits.CheckOrganicAsync(round.View.EpochIndex, miner, asked.Task, answer, _closing.Token);
            }
            catch (Exception trouble) when (trouble is OperationCanceledException or InferenceException or IOException)
            {
                _log.Warn($"an answer could not be checked: {trouble.Message}");
            }
            finally
            {
                Interlocked.Decrement(ref _checking);
            }
        });
    }

    private string Fingerprint() => "fp_" + _shelf.Manifest.Model.WeightsRoot.AsSpan(2, 12).ToString();

    private static async Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        if (context.Response.HasStarted) return;
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body.ToJsonString()), CancellationToken.None);
    }
}
