// SPDX-License-Identifier: GPL-2.0-only
#include "eval-answers.h"

#include <algorithm>

namespace ns3::m3::eval
{

std::size_t EvalAnswers::EngineIndex(const std::string& name) const
{
    const auto found =
        std::find_if(engines.begin(), engines.end(), [&](const EvalEngine& engine) { return engine.name == name; });
    return static_cast<std::size_t>(found - engines.begin());
}

const EvalAnswer* EvalAnswers::Find(std::size_t oneCase, std::size_t engine) const
{
    return engine < engines.size() && answers[oneCase][engine] ? &*answers[oneCase][engine] : nullptr;
}

std::vector<std::size_t> EvalAnswers::Complete(const std::string& group) const
{
    std::vector<std::size_t> complete;
    for (std::size_t c = 0; c < cases.size(); c++)
    {
        if ((group.empty() || cases[c].group == group) &&
            std::all_of(answers[c].begin(), answers[c].end(), [](const auto& answer) { return answer.has_value(); }))
        {
            complete.push_back(c);
        }
    }
    return complete;
}

std::vector<std::string> EvalAnswers::Groups() const
{
    std::vector<std::string> groups;
    for (const std::size_t c : Complete())
    {
        if (std::find(groups.begin(), groups.end(), cases[c].group) == groups.end())
        {
            groups.push_back(cases[c].group);
        }
    }
    return groups;
}

} // namespace ns3::m3::eval
