package sluice.gateway.doors.jupyter;

import sluice.gateway.doors.http.Answer;
import sluice.gateway.doors.http.Asked;
import sluice.gateway.doors.http.Fields;
import sluice.gateway.sessions.KernelDesk;
import sluice.gateway.sessions.KernelOrder;

/// `/api/kernels`.
public final class KernelRoutes {
    private final KernelDesk desk;

    public KernelRoutes(KernelDesk desk) {
        this.desk = desk;
    }

    public Answer list(Asked asked) throws InterruptedException {
        return Answer.json(
                desk.list(asked.principal()).stream().map(KernelView::of).toList());
    }

    public Answer start(Asked asked) throws InterruptedException {
        var json = asked.json();
        var order = new KernelOrder(
                Fields.text(json, "kernel_id"),
                Fields.text(json, "name"),
                Fields.text(json, "path"),
                null,
                Fields.object(json, "env"));
        var kernel = desk.start(asked.principal(), order);
        return Answer.created(asked.base() + "/api/kernels/" + kernel.id(), KernelView.of(kernel))
                .about(kernel.id());
    }

    public Answer get(Asked asked) throws InterruptedException {
        return Answer.json(KernelView.of(desk.get(asked.principal(), asked.path("kernelId"))));
    }

    public Answer stop(Asked asked) throws InterruptedException {
        desk.stop(asked.principal(), asked.path("kernelId"));
        return Answer.nothing();
    }

    public Answer interrupt(Asked asked) throws InterruptedException {
        desk.interrupt(asked.principal(), asked.path("kernelId"));
        return Answer.nothing();
    }

    public Answer restart(Asked asked) throws InterruptedException {
        return Answer.json(KernelView.of(desk.restart(asked.principal(), asked.path("kernelId"))));
    }
}
