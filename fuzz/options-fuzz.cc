// SPDX-License-Identifier: GPL-2.0-only
// ProgramOptions with an option of each kind; words of the command line end with a zero, as in /proc/PID/cmdline.
#include "fuzz.h"

#include "ns3/m3-program-options.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace ns3::m3
{

namespace
{

/// What the options of a program set.
struct Target
{
    uint32_t count = 1;
    std::optional<uint64_t> bytes;
    double load = 0.5;
    double share = 0.1;
    int64_t timeNs = 1000;
    uint64_t rate = 1;
    std::string choice = "auto";
    std::string file = "in.txt";
    std::string word;
    bool flag = true;

    bool operator==(const Target& other) const
    {
        const auto all = [](const Target& t)
        { return std::tie(t.count, t.bytes, t.load, t.share, t.timeNs, t.rate, t.choice, t.file, t.word, t.flag); };
        return all(*this) == all(other);
    }
};

void AddTo(ProgramOptions& options, Target& target)
{
    options.Add("count", "a count", target.count, CountOption(1));
    options.Add("bytes", "bytes, or none", target.bytes, BytesOption());
    options.Add("load", "a number", target.load, RealOption(0, 1));
    options.Add("share", "a share", target.share, ShareOption());
    options.Add("time", "a time", target.timeNs, TimeOption("us"));
    options.Add("rate", "a rate", target.rate, RateOption());
    options.Add("choice", "one of two", target.choice, ChoiceOption({"auto", "network"}));
    options.Add("file", "a file", target.file, TextOption("FILE"));
    options.Add("flag", "on or off", target.flag);
    options.AddFormerName("number", "count");
    options.AddWord("WORD", target.word);
}

void CheckRanges(const Target& target)
{
    Require(target.count >= 1 && target.timeNs >= 0 && target.rate >= 1, "numbers are in their ranges");
    Require(target.load >= 0 && target.load <= 1 && target.share >= 0 && target.share <= 1, "shares are in [0, 1]");
    Require(target.choice == "auto" || target.choice == "network", "a choice is one of those there are");
    Require(!target.file.empty() && !target.word.empty(), "a text is not empty");
}

} // namespace

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    std::vector<std::string> words = SplitList(TextOf(data, size), '\0');
    words.erase(std::remove_if(words.begin(),
                               words.end(),
                               [](const std::string& word) {
                                   return word == "--help" || word == "-h" || word == "--PrintHelp" ||
                                          word == "--version";
                               }),
                words.end());
    std::vector<const char*> argv{"program"};
    for (const std::string& word : words)
    {
        argv.push_back(word.c_str());
    }
    return IsRead(
        [&]
        {
            Target target;
            ProgramOptions options("Is fuzzed.");
            AddTo(options, target);
            if (!options.Parse(static_cast<int>(argv.size()), argv.data()))
            {
                return;
            }
            CheckRanges(target);
            Target again;
            ProgramOptions others("Is fuzzed.");
            AddTo(others, again);
            for (const auto& [name, value] : options.Given())
            {
                others.Set(name, value);
            }
            again.word = target.word;
            Require(again == target, "options that were given can be set again");
        });
}

} // namespace ns3::m3
