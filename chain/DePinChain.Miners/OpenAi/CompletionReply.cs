using System.Text;
using System.Text.Json.Nodes;
using DePinChain.Inference;
using DePinChain.Miners.Judging;
using DePinChain.Primitives;
using Microsoft.AspNetCore.Http;

namespace DePinChain.Miners.OpenAi;

/// <summary>One answer on its way to a client: as server-sent events, or as one body at the end.</summary>
internal sealed class CompletionReply(
    HttpContext context, AskedCompletion asked, int promptTokens, CompletionShapes shapes, TextFlow flow)
{
    private readonly StringBuilder _text = new();
    private Hash256 _request;
    private bool _isFirst = true;

    /// <summary>Whether the client has something of this answer already.</summary>
    public bool HasStarted => context.Response.HasStarted;

    public void Begin(Hash256 request) => _request = request;

    public async Task TokensAsync(int[] tokens)
    {
        string text = flow.Add(tokens);
        if (!asked.IsStream) _text.Append(text);
        else if (text.Length > 0 || _isFirst) await EventAsync(shapes.Part(_request, text, Once(), finish: null));
    }

    public async Task FinishAsync(Address miner, MinerAnswer answer, Generation generation)
    {
        string rest = flow.Finish();
        string finish = flow.IsStopped || generation.Finish == FinishReason.End ? "stop" : "length";
        if (!asked.IsStream)
        {
            string text = _text.Append(rest).ToString();
            await BodyAsync(shapes.Whole(text, finish, promptTokens, flow.Tokens, miner, answer));
            return;
        }

        if (rest.Length > 0) await EventAsync(shapes.Part(_request, rest, Once(), finish: null));
        JsonObject last = shapes.Part(_request, "", isFirst: false, finish);
        last["depin"] = CompletionShapes.Origin(miner, answer);
        await EventAsync(last);
        if (asked.WantsUsage) await EventAsync(shapes.UsagePart(_request, promptTokens, flow.Tokens));
        await LineAsync("data: [DONE]\n\n");
    }

    /// <summary>Says in the middle of a stream that there is no more.</summary>
    public Task BreakOffAsync(string why) => EventAsync(CompletionShapes.Error(why, "server_error", "miner_failed", parameter: null));

    private bool Once()
    {
        bool isFirst = _isFirst;
        _isFirst = false;
        return isFirst;
    }

    private async Task EventAsync(JsonObject part)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-cache";
        }

        await LineAsync("data: " + part.ToJsonString() + "\n\n");
    }

    private async Task LineAsync(string text)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private async Task BodyAsync(JsonObject body)
    {
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body.ToJsonString()), context.RequestAborted);
    }
}
