package sluice.scheduling.quota;

import java.time.YearMonth;
import java.time.format.TextStyle;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import sluice.scheduling.Account;
import sluice.scheduling.Amounts;
import sluice.scheduling.Owner;

/// What a refusal says to the one who is refused.
final class Sentences {
    private Sentences() {}

    /// `team vision may use 4 GPUs, 4 are in use; ask a manager or stop s-7f3a`
    static String full(Sheet sheet, Limited limited, Amounts asked, Owner owner, Sheet own) {
        long most = limited.of(sheet.limits.most());
        long used = limited.of(sheet.used);
        var sentence = new StringBuilder(who(sheet.account, owner))
                .append(limited == Limited.SESSIONS ? " may have " : " may use ")
                .append(limited.say(most))
                .append(", ")
                .append(limited.sayShort(used))
                .append(limited.sayShort(used).equals("1") ? " is in use" : " are in use");
        if (used < most) sentence.append(" and this asks for ").append(limited.sayShort(limited.of(asked)));
        var stop = most(limited, own);
        if (sheet.account.equals(Account.POOL))
            return sentence.append(stop.map(id -> "; wait, or stop " + id).orElse("; wait until some are given back"))
                    .toString();
        return sentence.append("; ask a manager")
                .append(stop.map(id -> " or stop " + id).orElse(" or wait"))
                .toString();
    }

    /// Of the owner's own the one that holds most of it, and of equals the first by name.
    private static Optional<String> most(Limited limited, Sheet own) {
        return own.own.entrySet().stream()
                .filter(entry -> limited.of(entry.getValue()) > 0)
                .min(Comparator.<Map.Entry<String, Amounts>>comparingLong(entry -> -limited.of(entry.getValue()))
                        .thenComparing(Map.Entry::getKey))
                .map(Map.Entry::getKey);
    }

    /// `team vision may use 4 GPUs at most and this asks for 8; ask a manager, or ask for less`
    static String never(Sheet sheet, Limited limited, Amounts asked, Owner owner) {
        return "%s may %s %s at most and this asks for %s; ask a manager, or ask for less"
                .formatted(
                        who(sheet.account, owner),
                        limited == Limited.SESSIONS ? "have" : "use",
                        limited.say(limited.of(sheet.limits.most())),
                        limited.sayShort(limited.of(asked)));
    }

    /// `team vision has used its 100 GPU-hours of November; ask a manager, or wait until 1 December`
    static String spent(Sheet sheet, YearMonth month, Owner owner) {
        var name = who(sheet.account, owner);
        return "%s %s used %s %s GPU-hours of %s; ask a manager, or wait until 1 %s"
                .formatted(
                        name,
                        name.equals("you") ? "have" : "has",
                        name.equals("you") ? "your" : "its",
                        Math.round(sheet.limits.gpuHours()),
                        month.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH),
                        month.plusMonths(1).getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH));
    }

    private static String who(String account, Owner owner) {
        if (account.equals(Account.POOL)) return "the pool";
        return account.equals(Account.user(owner)) ? "you" : "team " + account;
    }
}
