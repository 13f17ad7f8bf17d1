using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DePinChain.Miners.Wire;
using DePinChain.Primitives;

namespace DePinChain.Miners.OpenAi;

/// <summary>A request is not what OpenAI's protocol or this subnet has.</summary>
internal sealed class UnfitRequestException(int status, string code, string message, string? parameter = null) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    public string? Parameter => parameter;
}

/// <summary>What a person asked in OpenAI's form, as a task.</summary>
/// <param name="Task">For the miner.</param>
/// <param name="Stops">Texts at which the answer ends.</param>
/// <param name="IsStream">Whether tokens are sent as they come.</param>
/// <param name="WantsUsage">Whether a stream ends with a count of tokens.</param>
internal sealed record AskedCompletion(TaskRequest Task, IReadOnlyList<string> Stops, bool IsStream, bool WantsUsage)
{
    private const uint UsualTokens = 64;
    private const int StopsMax = 4;
    private const int StopLengthMax = 256;

    // What would change the answer and is not there must be refused, not passed over.
    private static readonly string[] Refused =
        ["tools", "functions", "logprobs", "top_logprobs", "logit_bias", "suffix", "best_of", "echo"];

    /// <summary>Reads a request to /v1/chat/completions or /v1/completions.</summary>
    /// <exception cref="UnfitRequestException">With OpenAI's name for what is wrong.</exception>
    public static AskedCompletion Parse(ReadOnlyMemory<byte> body, bool isChat, string model, uint maxTokens)
    {
        using JsonDocument document = Read(body);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new UnfitRequestException(400, "invalid_request", "the body is a JSON object");
        if (Text(root, "model") is { } asked && asked != model)
            throw new UnfitRequestException(404, "model_not_found", $"this subnet serves '{model}', not '{asked}'", "model");
        foreach (string name in Refused)
        {
            if (root.TryGetProperty(name, out JsonElement value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False))
                throw new UnfitRequestException(400, "unsupported_parameter", $"{name} is not offered", name);
        }

        if (Number(root, "n", 1) != 1) throw new UnfitRequestException(400, "unsupported_parameter", "n is 1", "n");
        double tokens = Number(root, "max_completion_tokens", Number(root, "max_tokens", Math.Min(UsualTokens, maxTokens)));
        if (tokens < 1 || tokens > maxTokens || tokens != Math.Floor(tokens))
            throw new UnfitRequestException(400, "invalid_max_tokens", $"max_tokens is between 1 and {maxTokens}", "max_tokens");
        double temperature = Number(root, "temperature", 1), top = Number(root, "top_p", 1);
        if (temperature is < 0 or > 2) throw new UnfitRequestException(400, "invalid_value", "temperature is 0 to 2", "temperature");
        if (top is <= 0 or > 1) throw new UnfitRequestException(400, "invalid_value", "top_p is above 0 and at most 1", "top_p");
        string prompt = isChat ? Chat(root) : Prompt(root);
        bool usage = root.TryGetProperty("stream_options", out JsonElement options) && options.ValueKind == JsonValueKind.Object
            && Flag(options, "include_usage");
        var task = new TaskRequest(
            prompt, (uint)tokens, (uint)Math.Round(temperature * 65_536), TopK: 0, Math.Max(1, (uint)Math.Round(top * 65_536)),
            SeedOf(root).ToString());
        return new AskedCompletion(task, StopsOf(root), Flag(root, "stream"), usage);
    }

    private static JsonDocument Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
        }
        catch (JsonException malformed)
        {
            throw new UnfitRequestException(400, "invalid_json", $"the body is no JSON: {malformed.Message}");
        }
    }

    // Models of the chain are registered without a template: roles by name, as base models are asked.
    private static string Chat(JsonElement root)
    {
        if (!root.TryGetProperty("messages", out JsonElement messages) || messages.ValueKind != JsonValueKind.Array
            || messages.GetArrayLength() == 0)
            throw new UnfitRequestException(400, "invalid_messages", "messages is a list with at least one message", "messages");
        var prompt = new StringBuilder();
        foreach (JsonElement message in messages.EnumerateArray())
        {
            if (message.ValueKind != JsonValueKind.Object || Text(message, "role") is not { Length: > 0 and <= 32 } role
                || !message.TryGetProperty("content", out JsonElement content))
                throw new UnfitRequestException(400, "invalid_messages", "a message has a role and a content", "messages");
            prompt.Append(role).Append(": ").Append(ContentOf(content)).Append('\n');
        }

        return prompt.Append("assistant:").ToString();
    }

    private static string ContentOf(JsonElement content)
    {
        if (content.ValueKind == JsonValueKind.String) return content.GetString()!;
        if (content.ValueKind != JsonValueKind.Array)
            throw new UnfitRequestException(400, "invalid_messages", "a content is a text or a list of texts", "messages");
        var text = new StringBuilder();
        foreach (JsonElement part in content.EnumerateArray())
        {
            if (part.ValueKind != JsonValueKind.Object || Text(part, "type") != "text" || Text(part, "text") is not { } some)
                throw new UnfitRequestException(400, "unsupported_content", "this subnet's model reads text only", "messages");
            text.Append(some);
        }

        return text.ToString();
    }

    private static string Prompt(JsonElement root) => Text(root, "prompt") is { Length: > 0 } prompt ? prompt
        : throw new UnfitRequestException(400, "invalid_prompt", "prompt is a text that is not empty", "prompt");

    private static string[] StopsOf(JsonElement root)
    {
        if (!root.TryGetProperty("stop", out JsonElement stop) || stop.ValueKind == JsonValueKind.Null) return [];
        string?[] stops = stop.ValueKind switch
        {
            JsonValueKind.String => [stop.GetString()],
            JsonValueKind.Array => [.. stop.EnumerateArray().Select(static one =>
                one.ValueKind == JsonValueKind.String ? one.GetString() : null)],
            _ => [null],
        };
        return stops.Length <= StopsMax && stops.All(static one => one is { Length: > 0 and <= StopLengthMax })
            ? [.. stops.OfType<string>()]
            : throw new UnfitRequestException(400, "invalid_value", $"stop is a text or up to {StopsMax} texts", "stop");
    }

    // A seed is the client's part of the draw; without one it is random.
    private static Hash256 SeedOf(JsonElement root) =>
        root.TryGetProperty("seed", out JsonElement seed) && seed.ValueKind == JsonValueKind.Number && seed.TryGetInt64(out long value)
            ? Keccak256.Hash(Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)))
            : new Hash256(RandomNumberGenerator.GetBytes(Hash256.Size));

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static double Number(JsonElement root, string name, double missing)
    {
        if (!root.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return missing;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number
            : throw new UnfitRequestException(400, "invalid_type", $"{name} is a number", name);
    }
}
