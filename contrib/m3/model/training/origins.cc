// SPDX-License-Identifier: GPL-2.0-only
#include "origins.h"

#include "core/text-format.h"

#include <algorithm>
#include <string_view>

namespace ns3::m3
{

namespace
{

constexpr const char* DATA_SEED = "; data seed "; //!< between a scenario and the seed that it was drawn with
constexpr const char* AT_COMMIT = " at commit ";  //!< between the seed and the commit
constexpr const char* BEFORE = "; before: ";      //!< between a training and the one that it was fine-tuned from

} // namespace

std::string SampleOrigin::DrawingText() const
{
    return seed ? std::to_string(*seed) + AT_COMMIT + commit : "unknown";
}

std::string SampleOrigin::Description() const
{
    return seed ? scenario + DATA_SEED + DrawingText() : scenario;
}

void SampleOrigin::SetDescription(const std::string& description)
{
    scenario = description;
    seed.reset();
    commit.clear();
    const std::size_t end = description.rfind(DATA_SEED);
    const std::size_t digits = end + std::string_view(DATA_SEED).size();
    const std::size_t at = end == std::string::npos ? end : description.find(AT_COMMIT, digits);
    if (at == std::string::npos)
    {
        return;
    }
    const std::string number = description.substr(digits, at - digits);
    constexpr std::size_t MAX_DIGITS = 19; // of those that always fit
    if (number.empty() || number.size() > MAX_DIGITS || number.find_first_not_of("0123456789") != std::string::npos)
    {
        return;
    }
    SampleOrigin read;
    read.scenario = description.substr(0, end);
    read.seed = std::stoull(number);
    read.commit = description.substr(at + std::string_view(AT_COMMIT).size());
    if (read.Description() == description) // no leading zeros
    {
        read.settings = settings;
        *this = read;
    }
}

std::string ModelOrigin::Description() const
{
    std::string text = training;
    for (const std::string& one : before)
    {
        text += BEFORE + one;
    }
    return text;
}

ModelOrigin ModelOrigin::FromDescription(const std::string& description)
{
    ModelOrigin origin;
    std::size_t begin = 0;
    for (std::size_t end = description.find(BEFORE); end != std::string::npos; end = description.find(BEFORE, begin))
    {
        origin.before.push_back(description.substr(begin, end - begin));
        begin = end + std::string_view(BEFORE).size();
    }
    origin.before.push_back(description.substr(begin));
    origin.training = origin.before.front();
    origin.before.erase(origin.before.begin());
    return origin;
}

namespace
{

/// What made one of two models. \param text says it, of what each was trained on that the other was not
template <typename Text>
ModelOrigin OfBoth(ModelOrigin one, ModelOrigin other, const Text& text)
{
    const auto [mine, its] =
        std::mismatch(one.before.rbegin(), one.before.rend(), other.before.rbegin(), other.before.rend());
    ModelOrigin both;
    both.before.assign(mine.base(), one.before.end());
    one.before.erase(mine.base(), one.before.end());
    other.before.erase(its.base(), other.before.end());
    TextStream stream;
    text(stream, one.Description(), other.Description());
    both.training = stream.str();
    return both;
}

} // namespace

ModelOrigin MixedOrigin(ModelOrigin one, ModelOrigin other, double share)
{
    return OfBoth(std::move(one),
                  std::move(other),
                  [share](TextStream& text, const std::string& mine, const std::string& its)
                  { text << share << " of (" << mine << ") and " << 1 - share << " of (" << its << ")"; });
}

ModelOrigin JoinedOrigin(ModelOrigin one, ModelOrigin other)
{
    return OfBoth(std::move(one),
                  std::move(other),
                  [](TextStream& text, const std::string& mine, const std::string& its)
                  { text << "experts (" << mine << ") and (" << its << ")"; });
}

} // namespace ns3::m3
