using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Miners.Judging;
using DePinChain.Primitives;

namespace DePinChain.Miners.OpenAi;

/// <summary>Answers in the shapes of OpenAI's protocol, with one field of ours that says where the text comes from.</summary>
/// <param name="isChat">Messages or plain text.</param>
/// <param name="model">Its name.</param>
/// <param name="fingerprint">Of its weights.</param>
internal sealed class CompletionShapes(bool isChat, string model, string fingerprint)
{
    private readonly long _created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>A whole answer.</summary>
    public JsonObject Whole(string text, string finish, int promptTokens, int tokens, Address miner, MinerAnswer answer)
    {
        JsonObject choice = isChat
            ? new JsonObject { ["index"] = 0, ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text } }
            : new JsonObject { ["index"] = 0, ["text"] = text };
        choice["logprobs"] = null;
        choice["finish_reason"] = finish;
        JsonObject whole = Frame(answer.Answer.Request, isChat ? "chat.completion" : "text_completion", choice);
        whole["usage"] = Usage(promptTokens, tokens);
        whole["depin"] = Origin(miner, answer);
        return whole;
    }

    /// <summary>A part of a stream.</summary>
    public JsonObject Part(in Hash256 request, string text, bool isFirst, string? finish)
    {
        JsonObject choice;
        if (isChat)
        {
            var delta = new JsonObject();
            if (isFirst) delta["role"] = "assistant";
            if (text.Length > 0 || isFirst) delta["content"] = text;
            choice = new JsonObject { ["index"] = 0, ["delta"] = delta };
        }
        else
        {
            choice = new JsonObject { ["index"] = 0, ["text"] = text };
        }

        choice["logprobs"] = null;
        choice["finish_reason"] = finish;
        return Frame(request, isChat ? "chat.completion.chunk" : "text_completion", choice);
    }

    /// <summary>A stream's last part, with the count of tokens alone.</summary>
    public JsonObject UsagePart(in Hash256 request, int promptTokens, int tokens)
    {
        JsonObject part = Frame(request, isChat ? "chat.completion.chunk" : "text_completion", choice: null);
        part["usage"] = Usage(promptTokens, tokens);
        return part;
    }

    /// <summary>Who answered, and what shows it to anybody: the miner's signature over the request and the bytes of its answer.</summary>
    public static JsonObject Origin(Address miner, MinerAnswer answer) => new()
    {
        ["miner"] = miner.ToString(),
        ["requestHash"] = answer.Answer.Request.ToString(),
        ["bodyHash"] = answer.Answer.Body.ToString(),
        ["workId"] = answer.Answer.Work.ToString(),
        ["signature"] = Hex.Encode(answer.Answer.Signature),
    };

    /// <summary>An error as OpenAI's clients read it.</summary>
    public static JsonObject Error(string message, string type, string code, string? parameter) => new()
    {
        ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = parameter, ["code"] = code },
    };

    private JsonObject Frame(in Hash256 request, string kind, JsonObject? choice) => new()
    {
        ["id"] = string.Create(CultureInfo.InvariantCulture, $"{(isChat ? "chatcmpl" : "cmpl")}-{request.ToString().AsSpan(2, 24)}"),
        ["object"] = kind,
        ["created"] = _created,
        ["model"] = model,
        ["system_fingerprint"] = fingerprint,
        ["choices"] = choice is null ? [] : new JsonArray(choice),
    };

    private static JsonObject Usage(int prompt, int tokens) => new()
    {
        ["prompt_tokens"] = prompt,
        ["completion_tokens"] = tokens,
        ["total_tokens"] = prompt + tokens,
    };
}
