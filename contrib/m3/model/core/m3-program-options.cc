// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-program-options.h"

#include "text-format.h"

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace ns3::m3
{

namespace
{

constexpr const char* DASHES = "--";

bool HasDashes(const std::string& word)
{
    return word.rfind(DASHES, 0) == 0 && word.size() > std::string_view(DASHES).size();
}

/// A word of a command line as it was typed, but on one line.
std::string PrintableWord(std::string_view word)
{
    constexpr unsigned char FIRST_PRINTABLE = ' ';
    constexpr unsigned char DELETE = 0x7f;
    std::string text;
    for (const char c : word)
    {
        const auto byte = static_cast<unsigned char>(c);
        text += byte < FIRST_PRINTABLE || byte == DELETE ? FormatText("\\x%02X", byte) : std::string(1, c);
    }
    return text;
}

/// The same between quotes.
std::string QuotedWord(const std::string& word)
{
    return "'" + PrintableWord(word) + "'";
}

std::string ShowReal(double value)
{
    return FormatText("%g", value);
}

/// A number with the largest of some units that leaves it whole. \param units ascending, each with its size
std::string ShowWithUnit(uint64_t value, const std::vector<std::pair<const char*, uint64_t>>& units)
{
    std::string text;
    for (const auto& [unit, size] : units)
    {
        if (value % size == 0 && (value > 0 || text.empty()))
        {
            text = std::to_string(value / size) + unit;
        }
    }
    return text;
}

/// Writes a text with line breaks. \param indent of all lines but the first, whose beginning is written
void WriteWrapped(const std::string& text, std::size_t indent, std::ostream& out)
{
    constexpr std::size_t WIDTH = 110;
    std::size_t column = indent;
    std::size_t at = 0;
    while (at < text.size())
    {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        if (at > 0)
        {
            const bool fits = column + 1 + end - at <= WIDTH;
            out << (fits ? std::string(" ") : '\n' + std::string(indent, ' '));
            column = fits ? column + 1 : indent;
        }
        out << text.substr(at, end - at);
        column += end - at;
        at = end + 1;
    }
    out << '\n';
}

} // namespace

OptionKind<uint64_t> CountOption(uint64_t low, uint64_t high)
{
    return {"N",
            [=](auto name, auto text) { return ParseCount(name, text, low, high); },
            [](uint64_t value) { return std::to_string(value); }};
}

OptionKind<double> RealOption(double low, double high)
{
    return {"NUMBER", [=](auto name, auto text) { return ParseReal(name, text, low, high); }, ShowReal};
}

OptionKind<double> ShareOption()
{
    return {"SHARE", [](auto name, auto text) { return ParseProbability(name, text); }, ShowReal};
}

OptionKind<uint64_t> BytesOption(uint64_t low, uint64_t high)
{
    return {"BYTES",
            [=](auto name, auto text) { return ParseBytes(name, text, low, high); },
            [](uint64_t value) {
                return ShowWithUnit(value, {{"B", 1}, {"KB", 1'000}, {"MB", 1'000'000}});
            }};
}

OptionKind<int64_t> TimeOption(const std::string& plainUnit)
{
    return {"TIME",
            [plainUnit](auto name, auto text) { return ParseTimeNs(name, text, plainUnit); },
            [](int64_t value) {
                return ShowWithUnit(static_cast<uint64_t>(value), {{"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}});
            }};
}

OptionKind<uint64_t> RateOption(const std::string& plainUnit)
{
    return {"RATE",
            [plainUnit](auto name, auto text) { return ParseRate(name, text, plainUnit); },
            [](uint64_t value) {
                return ShowWithUnit(value, {{"bps", 1}, {"kbps", 1'000}, {"Mbps", 1'000'000}, {"Gbps", 1'000'000'000}});
            }};
}

OptionKind<std::string> ChoiceOption(const std::vector<std::string>& names)
{
    std::string all;
    for (const std::string& name : names)
    {
        all += (all.empty() ? "" : name == names.back() ? " or " : ", ") + name;
    }
    const auto read = [names, all](std::string_view option, std::string_view text)
    {
        if (std::find(names.begin(), names.end(), text) == names.end())
        {
            throw InputError(std::string(option) + " must be " + all + ", is " + PrintableWord(text));
        }
        return std::string(text);
    };
    return {"NAME", read, [](const std::string& value) { return value; }};
}

OptionKind<std::string> TextOption(const std::string& placeholder)
{
    return {placeholder,
            [](auto, auto text) { return std::string(text); },
            [](const std::string& value) { return value; }};
}

ProgramOptions::ProgramOptions(std::string summary)
    : m_summary(std::move(summary))
{
}

void ProgramOptions::Add(const std::string& name,
                         const std::string& help,
                         std::string& target,
                         const std::string& placeholder)
{
    Add(name, help, target, TextOption(placeholder));
}

void ProgramOptions::Add(const std::string& name, const std::string& help, bool& target)
{
    AddParsed(name,
              help,
              "",
              target ? "on" : "off",
              [&target](auto option, auto text) { target = ParseFlag(option, text); });
}

void ProgramOptions::AddParsed(const std::string& name,
                               const std::string& help,
                               const std::string& placeholder,
                               const std::string& defaultText,
                               std::function<void(std::string_view option, std::string_view text)> read)
{
    m_options.push_back({name, help, placeholder, defaultText, std::move(read)});
}

void ProgramOptions::AddWord(const std::string& placeholder, std::string& target)
{
    m_words.emplace_back(placeholder, &target);
}

void ProgramOptions::AddFormerName(const std::string& former, const std::string& name)
{
    m_formerNames.emplace_back(former, name);
}

void ProgramOptions::SetOthers(OtherOptions others, const std::string& help)
{
    m_others = std::move(others);
    m_othersHelp = help;
}

const ProgramOptions::Option* ProgramOptions::Find(const std::string& name) const
{
    std::string current = name;
    for (const auto& [former, now] : m_formerNames)
    {
        current = current == former ? now : current;
    }
    const auto found =
        std::find_if(m_options.begin(), m_options.end(), [&](const Option& one) { return one.name == current; });
    return found == m_options.end() ? nullptr : &*found;
}

bool ProgramOptions::Has(const std::string& name) const
{
    return Find(name) != nullptr;
}

void ProgramOptions::Set(const std::string& name, const std::string& text)
{
    const Option* option = Find(name);
    if (!option)
    {
        throw InputError("unknown option " + QuotedWord(DASHES + name) + "; see --help");
    }
    if (text.empty())
    {
        throw InputError(DASHES + option->name + " needs a value" +
                         (option->placeholder.empty() ? "" : ": --" + option->name + "=" + option->placeholder));
    }
    option->read(DASHES + option->name, text);
    m_given.emplace_back(option->name, text);
}

void ProgramOptions::ParseWord(const std::vector<std::string>& words, std::size_t& at, std::size_t& wordsTaken)
{
    const std::string& word = words[at++];
    if (!HasDashes(word))
    {
        if (wordsTaken == m_words.size() || word.empty() || word.front() == '-')
        {
            throw InputError("unknown argument " + QuotedWord(word) + "; options begin with --, see --help");
        }
        *m_words[wordsTaken++].second = word;
        return;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    std::optional<std::string> value;
    if (equals != std::string::npos)
    {
        value = word.substr(equals + 1);
    }
    const Option* option = Find(name);
    if (!option)
    {
        if (m_others && m_others(name, value))
        {
            return;
        }
        throw InputError("unknown option " + QuotedWord(word) + "; see --help");
    }
    if (!value && option->placeholder.empty())
    {
        value = "on";
    }
    else if (!value && at < words.size() && !HasDashes(words[at]))
    {
        value = words[at++];
    }
    Set(name, value.value_or(""));
}

bool ProgramOptions::Parse(int argc, const char* const argv[])
{
    const std::string program = argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "";
    const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    for (const std::string& word : words)
    {
        if (word == "--help" || word == "-h" || word == "--PrintHelp")
        {
            WriteHelp(program, std::cout);
            return false;
        }
        if (word == "--version")
        {
            std::cout << "m3 " << ProgramVersion() << '\n';
            return false;
        }
    }
    std::size_t wordsTaken = 0;
    for (std::size_t at = 0; at < words.size();)
    {
        ParseWord(words, at, wordsTaken);
    }
    if (wordsTaken < m_words.size())
    {
        const std::string& missing = m_words[wordsTaken].first;
        throw InputError(missing + " is missing, as in: " + program + " " + missing);
    }
    return true;
}

void ProgramOptions::WriteHelp(const std::string& program, std::ostream& out) const
{
    constexpr std::size_t HELP_COLUMN = 28;
    out << m_summary << "\n\nUsage: " << program;
    for (const auto& [placeholder, target] : m_words)
    {
        out << ' ' << placeholder;
    }
    out << " [--OPTION=VALUE]...\n\n";
    const auto write = [&](std::string left, const std::string& help)
    {
        left += left.size() + 2 > HELP_COLUMN ? '\n' + std::string(HELP_COLUMN, ' ')
                                              : std::string(HELP_COLUMN - left.size(), ' ');
        out << left;
        WriteWrapped(help, HELP_COLUMN, out);
    };
    for (const Option& option : m_options)
    {
        const std::string text = option.defaultText.empty() ? "" : " [" + option.defaultText + "]";
        const std::string value = option.placeholder.empty() ? "[=on|off]" : "=" + option.placeholder;
        write("  --" + option.name + value, option.help + text);
    }
    write("  --help", "this text");
    write("  --version", "the version of m3");
    out << m_othersHelp;
}

const char* ProgramVersion()
{
    return M3_VERSION;
}

} // namespace ns3::m3
