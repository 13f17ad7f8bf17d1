using System.Text;
using DePinChain.Inference.Tokenizers;
using DePinChain.Miners.OpenAi;

namespace DePinChain.Miners.Tests;

/// <summary>Requests in OpenAI's form, and tokens as text on their way.</summary>
public sealed class OpenAiTests
{
    private static AskedCompletion Chat(string json) => AskedCompletion.Parse(Encoding.UTF8.GetBytes(json), true, "tiny", 128);

    private static AskedCompletion Plain(string json) => AskedCompletion.Parse(Encoding.UTF8.GetBytes(json), false, "tiny", 128);

    [Test]
    public void Messages_become_one_prompt_by_role()
    {
        AskedCompletion asked = Chat(
            """
            {"model":"tiny","messages":[{"role":"system","content":"be short"},
            {"role":"user","content":[{"type":"text","text":"why "},{"type":"text","text":"blue?"}]}],
            "max_tokens":7,"temperature":0.5,"top_p":0.25,"stop":["\n","END"],"stream":true,"stream_options":{"include_usage":true}}
            """);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(asked.Task.Prompt, Is.EqualTo("system: be short\nuser: why blue?\nassistant:"));
            Assert.That((asked.Task.MaxTokens, asked.Task.TemperatureQ16, asked.Task.TopPQ16), Is.EqualTo((7U, 32_768U, 16_384U)));
            Assert.That(asked.Stops, Is.EqualTo(new[] { "\n", "END" }));
            Assert.That((asked.IsStream, asked.WantsUsage), Is.EqualTo((true, true)));
        }
    }

    [Test]
    public void What_is_left_out_has_the_protocols_defaults()
    {
        AskedCompletion asked = Plain("""{"prompt":"a"}""");
        Assert.That((asked.Task.TemperatureQ16, asked.Task.TopPQ16, asked.IsStream), Is.EqualTo((65_536U, 65_536U, false)));
        Assert.That(asked.Task.ClientSeed, Is.Not.EqualTo(Plain("""{"prompt":"a"}""").Task.ClientSeed), "drawn anew");
        Assert.That(
            Plain("""{"prompt":"a","seed":5}""").Task.ClientSeed, Is.EqualTo(Plain("""{"prompt":"b","seed":5}""").Task.ClientSeed));
    }

    [TestCase("[]", "invalid_request")]
    [TestCase("{", "invalid_json")]
    [TestCase("""{"prompt":""}""", "invalid_prompt")]
    [TestCase("""{"prompt":["a"]}""", "invalid_prompt")]
    [TestCase("""{"prompt":"a","model":"other"}""", "model_not_found")]
    [TestCase("""{"prompt":"a","n":2}""", "unsupported_parameter")]
    [TestCase("""{"prompt":"a","tools":[]}""", "unsupported_parameter")]
    [TestCase("""{"prompt":"a","logprobs":true}""", "unsupported_parameter")]
    [TestCase("""{"prompt":"a","max_tokens":0}""", "invalid_max_tokens")]
    [TestCase("""{"prompt":"a","max_tokens":129}""", "invalid_max_tokens")]
    [TestCase("""{"prompt":"a","max_tokens":1.5}""", "invalid_max_tokens")]
    [TestCase("""{"prompt":"a","max_tokens":"1"}""", "invalid_type")]
    [TestCase("""{"prompt":"a","temperature":3}""", "invalid_value")]
    [TestCase("""{"prompt":"a","top_p":0}""", "invalid_value")]
    [TestCase("""{"prompt":"a","stop":[1]}""", "invalid_value")]
    [TestCase("""{"prompt":"a","stop":["a","b","c","d","e"]}""", "invalid_value")]
    public void What_the_protocol_or_the_subnet_does_not_have_is_refused_by_name(string json, string code) =>
        Assert.That(Assert.Throws<UnfitRequestException>(() => Plain(json))!.Code, Is.EqualTo(code));

    [TestCase("""{"messages":[]}""", "invalid_messages")]
    [TestCase("""{"messages":[{"role":"user"}]}""", "invalid_messages")]
    [TestCase("""{"messages":[{"role":"user","content":7}]}""", "invalid_messages")]
    [TestCase("""{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}""", "unsupported_content")]
    public void Messages_that_are_none_are_refused_by_name(string json, string code) =>
        Assert.That(Assert.Throws<UnfitRequestException>(() => Chat(json))!.Code, Is.EqualTo(code));

    // "ü" is two bytes, and with this vocabulary two tokens: it comes as one character with the second.
    [Test]
    public void A_character_of_several_tokens_waits_for_the_last()
    {
        BytePairTokenizer tokenizer = BytePairTokenizer.Parse(BytePairTrainer.Train("abc", 258));
        int[] tokens = [.. tokenizer.Encode("aü", special: false)];
        Assert.That(tokens, Has.Length.EqualTo(3));
        var flow = new TextFlow(tokenizer, []);
        Assert.That(tokens.Select(token => flow.Add([token])), Is.EqualTo(new[] { "a", "", "ü" }));
        Assert.That(flow.Finish(), Is.Empty);
    }

    [Test]
    public void A_stop_text_ends_the_answer_even_when_it_comes_in_pieces()
    {
        BytePairTokenizer tokenizer = BytePairTokenizer.Parse(BytePairTrainer.Train("abc", 258));
        int[] tokens = [.. tokenizer.Encode("one END two", special: false)];
        var flow = new TextFlow(tokenizer, ["END"]);
        string text = string.Concat(tokens.Select(token => flow.Add([token]))) + flow.Finish();
        Assert.That((text, flow.IsStopped), Is.EqualTo(("one ", true)));
        var open = new TextFlow(tokenizer, ["END"]);
        Assert.That(string.Concat(tokenizer.Encode("one EN", special: false).Select(token => open.Add([token]))) + open.Finish(),
            Is.EqualTo("one EN"));
    }
}
